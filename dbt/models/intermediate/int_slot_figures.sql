-- The counts of each slot.
with registered as (
    select
        slot_id,
        count(*) as registered,
        sum(case when is_going then 1 else 0 end) as going,
        sum(case when has_attended then 1 else 0 end) as attended,
        count(has_attended) as attendance_recorded,
        sum(score) as score_sum,
        count(score) as scores
    from {{ ref('int_registrations') }}
    group by slot_id
),

regions as (
    select slot_id, {{ known('region') }} as region, count(*) as registered
    from {{ ref('int_registrations') }}
    group by slot_id, {{ known('region') }}
),

first_regions as (
    select slot_id, region, row_number() over (partition by slot_id order by registered desc, region asc) as place from regions
),

waiting as (
    select slot_id, count(*) as waitlisted from {{ ref('stg_classroom_slot_waitlist') }} group by slot_id
),

sheets as (
    select slot_id, count(*) as sheets, sum(case when is_signed then 1 else 0 end) as signed_sheets
    from {{ ref('int_sheets') }}
    group by slot_id
),

lines as (
    select slot_id, count(*) as signed_lines, sum(case when is_present then 1 else 0 end) as signed_present
    from {{ ref('int_attendances') }}
    where is_signed
    group by slot_id
)

select
    slots.slot_id,
    {{ known('first_regions.region') }} as region,
    coalesce(registered.registered, 0) as registered,
    coalesce(registered.going, 0) as going,
    coalesce(registered.attended, 0) as attended,
    coalesce(registered.attendance_recorded, 0) as attendance_recorded,
    coalesce(registered.score_sum, 0) as score_sum,
    coalesce(registered.scores, 0) as scores,
    coalesce(waiting.waitlisted, 0) as waitlisted,
    coalesce(sheets.sheets, 0) as sheets,
    coalesce(sheets.signed_sheets, 0) as signed_sheets,
    coalesce(lines.signed_lines, 0) as signed_lines,
    coalesce(lines.signed_present, 0) as signed_present
from {{ ref('int_slots') }} as slots
left join registered on slots.slot_id = registered.slot_id
left join first_regions on slots.slot_id = first_regions.slot_id and first_regions.place = 1
left join waiting on slots.slot_id = waiting.slot_id
left join sheets on slots.slot_id = sheets.slot_id
left join lines on slots.slot_id = lines.slot_id
