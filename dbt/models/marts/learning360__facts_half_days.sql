{{ mart(key=['attendance_id']) }}
select
    source_relation,
    attendance_id,
    case when is_client then training_id end as training_id,
    sheet_id,
    slot_id,
    user_id,
    coalesce(is_client, false) as is_client,
    {{ known('firm') }} as firm,
    {{ known('agency') }} as agency,
    {{ known('region') }} as region,
    cast(coalesce(start_local, end_local) as date) as slot_date,
    cast(half_day as text) as half_day,
    is_virtual,
    cast(1 as bigint) as lines,
    {{ counted('is_signed') }} as signed_lines,
    {{ counted('is_signed and is_present') }} as signed_present,
    case
        when is_signed and is_present then {{ sheet_ms('duration_ms', 'sheet_position', 'sheets_of_slot') }}
        else cast(0 as bigint)
    end as attended_ms
from {{ ref('int_learning360__attendances') }}
