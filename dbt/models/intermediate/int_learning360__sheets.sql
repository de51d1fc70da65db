{{ config(indexes=key_index(['sheet_id'])) }}
-- Attendance sheets of slots that exist, with the half-day and the position in the slot. A sheet that was read before the
-- newest of its slot is gone: all sheets of a slot are read at once.
with newest as (
    {{ read_last('stg_learning360__attendance_sheets', 'slot_id') }}
),

named as (
    select
        sheets.source_relation,
        sheets.sheet_id,
        sheets.name as sheet_name,
        sheets.status as sheet_status,
        slots.slot_id,
        slots.duration_ms,
        slots.start_local,
        slots.end_local,
        {{ words("coalesce(sheets.name, '')") }} as title
    from newest as sheets
    inner join {{ ref('int_learning360__slots') }} as slots
        on sheets.source_relation = slots.source_relation and sheets.slot_id = slots.slot_id
),

-- A title of several halves, such as "matin et après-midi", is the whole day.
titled as (
    select
        named.source_relation,
        named.sheet_id,
        case
            when count(distinct case when half_days.half_day <> 'day' then half_days.half_day end) = 1
                then max(case when half_days.half_day <> 'day' then half_days.half_day end)
            else 'day'
        end as half_day
    from named
    inner join {{ ref('learning360__half_days') }} as half_days
        on {{ contains('named.title', "' ' || half_days.title || ' '") }}
    where half_days.half_day <> 'day' or not {{ matches('named.title', ' demi journee ') }}
    group by named.source_relation, named.sheet_id
),

placed as (
    select
        named.*,
        case
            when titled.half_day is not null then titled.half_day
            when {{ matches('named.title', ' demi journee (no |n |numero )?[0-9]*[13579] ') }} then 'morning'
            when {{ matches('named.title', ' demi journee (no |n |numero )?[0-9]*[02468] ') }} then 'afternoon'
            -- Hours say something about a slot within one day only.
            when cast(named.start_local as date) < cast({{ later('second', -1, 'named.end_local') }} as date) then 'day'
            when cast(named.start_local as date) = cast(named.end_local as date) and cast(named.end_local as time) <= cast('13:00:00' as time)
                then 'morning'
            when cast(named.start_local as time) >= cast('12:00:00' as time) then 'afternoon'
            else 'day'
        end as half_day
    from named
    left join titled on named.source_relation = titled.source_relation and named.sheet_id = titled.sheet_id
)

select
    source_relation,
    sheet_id,
    sheet_name,
    sheet_status,
    coalesce(sheet_status = 'signed', false) as is_signed,
    slot_id,
    half_day,
    row_number() over (
        partition by source_relation, slot_id
        order by case half_day when 'morning' then 1 when 'afternoon' then 2 else 3 end, sheet_id
    ) as sheet_position,
    duration_ms,
    count(*) over (partition by source_relation, slot_id) as sheets_of_slot
from placed
