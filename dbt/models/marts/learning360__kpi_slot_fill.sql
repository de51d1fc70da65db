{{ mart(key=['slot_id']) }}
select
    slots.source_relation,
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
    slots.start_local,
    slots.end_local,
    cast(slots.time_zone as text) as time_zone,
    cast(slots.start_local as date) as slot_date,
    {{ month_of('slots.start_local') }} as month,
    {{ ratio('slots.duration_ms', 3600000, 2, 9) }} as duration_hours,
    slots.timing,
    slots.is_virtual,
    slots.location,
    slots.trainers,
    slots.capacity,
    cast(figures.registered as bigint) as registered,
    cast(figures.declined as bigint) as declined,
    {{ rate('figures.registered', 'slots.limited_capacity') }} as fill_rate,
    {{ rate('figures.registered - figures.declined', 'slots.limited_capacity') }} as fill_rate_without_declined,
    cast(figures.waitlisted as bigint) as waitlisted,
    cast(figures.going as bigint) as going,
    cast(figures.attended as bigint) as attended,
    cast(figures.attendance_recorded as bigint) as attendance_recorded,
    case
        when slots.timing = 'past' and figures.attendance_recorded > 0
            then {{ rate('figures.attended', 'figures.registered') }}
    end as attended_rate,
    {{ seats_left('slots.limited_capacity', 'figures.registered') }} as seats_left,
    {{ seats_left('slots.limited_capacity', 'figures.registered - figures.declined') }} as seats_left_without_declined
from {{ ref('int_learning360__slots') }} as slots
inner join {{ ref('int_learning360__slot_figures') }} as figures
    on slots.source_relation = figures.source_relation and slots.slot_id = figures.slot_id
