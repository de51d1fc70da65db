-- Attendance sheets of existing slots, with the half-day and the position in the slot.
with named as (
    select
        sheets.sheet_id,
        sheets.name as sheet_name,
        sheets.status as sheet_status,
        slots.slot_id,
        slots.duration_hundredths,
        (
            select min(half_days.priority) from {{ ref('half_days') }} as half_days
            where strpos(lower(sheets.name), half_days.pattern) > 0
        ) as priority,
        case
            when extract(hour from {{ local_time('slots.end_at') }}) < 13 then 'morning'
            when extract(hour from {{ local_time('slots.start_at') }}) >= 12 then 'afternoon'
            else 'day'
        end as half_day_of_hours
    from {{ ref('stg_attendance_sheets') }} as sheets
    inner join {{ ref('int_slots') }} as slots on sheets.slot_id = slots.slot_id
),

titled as (
    select named.*, coalesce(half_days.half_day, named.half_day_of_hours) as half_day
    from named
    left join {{ ref('half_days') }} as half_days on named.priority = half_days.priority
)

select
    sheet_id,
    sheet_name,
    sheet_status,
    coalesce(sheet_status = 'signed', false) as is_signed,
    slot_id,
    half_day,
    row_number() over (
        partition by slot_id
        order by case half_day when 'morning' then 1 when 'afternoon' then 2 else 3 end, sheet_id
    ) as sheet_position,
    duration_hundredths,
    count(*) over (partition by slot_id) as sheets_of_slot
from titled
