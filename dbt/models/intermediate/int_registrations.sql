-- Registrations to existing slots, without archived ones, each with the learner's score in the slot's session.
select
    registrations.registration_id,
    registrations.slot_id,
    registrations.user_id,
    registrations.created_at,
    registrations.has_attended,
    registrations.is_going,
    learners.is_client,
    learners.firm,
    learners.agency,
    learners.region,
    slots.classroom_id,
    slots.timing,
    slots.is_virtual,
    enrollments.enrollment_id,
    enrollments.score
from {{ ref('stg_classroom_registrations') }} as registrations
inner join {{ ref('int_slots') }} as slots on registrations.slot_id = slots.slot_id
left join {{ ref('int_learners') }} as learners on registrations.user_id = learners.user_id
left join {{ ref('int_enrollments') }} as enrollments
    on registrations.user_id = enrollments.user_id
    and slots.session_id = enrollments.session_id
    and enrollments.is_current
where registrations.archived_at is null and coalesce(registrations.status, '') <> 'archived'
