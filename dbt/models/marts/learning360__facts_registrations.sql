{{ mart(key=['registration_id']) }}
select
    registrations.source_relation,
    registrations.registration_id,
    case when registrations.is_client then registrations.training_id end as training_id,
    registrations.slot_id,
    registrations.user_id,
    coalesce(registrations.is_client, false) as is_client,
    {{ known('registrations.firm') }} as firm,
    {{ known('registrations.agency') }} as agency,
    {{ known('registrations.region') }} as region,
    cast(coalesce(slots.start_local, slots.end_local) as date) as slot_date,
    registrations.timing,
    registrations.is_virtual,
    cast(1 as bigint) as registrations,
    {{ counted('not registrations.is_going') }} as declined,
    {{ counted("slots.timing = 'past' and figures.attendance_recorded > 0 and registrations.has_attended") }} as attended,
    {{ counted("slots.timing = 'past' and figures.attendance_recorded > 0") }} as recorded
from {{ ref('int_learning360__registrations') }} as registrations
inner join {{ ref('int_learning360__slots') }} as slots
    on registrations.source_relation = slots.source_relation and registrations.slot_id = slots.slot_id
inner join {{ ref('int_learning360__slot_figures') }} as figures
    on registrations.source_relation = figures.source_relation and registrations.slot_id = figures.slot_id
