select
    slots.slot_id,
    slots.slot_name,
    slots.classroom_id,
    slots.classroom_name,
    slots.session_id,
    slots.session_name,
    slots.path_id,
    slots.path_name,
    slots.group_id,
    slots.group_name,
    figures.region,
    slots.start_at,
    slots.end_at,
    slots.slot_date,
    cast(date_trunc('month', slots.slot_date) as date) as month,
    {{ ratio('slots.duration_hundredths', 100, 2, 9) }} as duration_hours,
    slots.timing,
    slots.is_virtual,
    slots.location,
    slots.trainers,
    slots.capacity,
    cast(figures.registered as bigint) as registered,
    {{ rate('figures.registered', 'slots.capacity') }} as fill_rate,
    cast(figures.waitlisted as bigint) as waitlisted,
    cast(figures.going as bigint) as going,
    cast(figures.attended as bigint) as attended,
    cast(figures.attendance_recorded as bigint) as attendance_recorded,
    case
        when slots.timing = 'past' and figures.attendance_recorded > 0
            then {{ rate('figures.attended', 'figures.registered') }}
    end as attended_rate
from {{ ref('int_slots') }} as slots
inner join {{ ref('int_slot_figures') }} as figures on slots.slot_id = figures.slot_id
