-- Registrations to slots that exist, one per slot and user, without archived ones; each with the learner's score in the
-- slot's session.
with placed as (
    select
        *,
        row_number() over (
            partition by source_relation, slot_id, user_id
            order by
                case when has_attended then 1 when not has_attended then 2 else 3 end,
                coalesce(created_at, {{ first_instant() }}) desc, registration_id asc
        ) as place
    from {{ ref('stg_learning360__classroom_registrations') }}
    where
        case when archived_at is null then coalesce(status, '') <> 'archived' else {{ came_later('archived_at') }} end
        and {{ was_there('created_at') }}
)

select
    registrations.source_relation,
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
    coalesce(enrollments.enrollment_id, slots.classroom_id || '|' || registrations.user_id) as training_id,
    enrollments.score,
    coalesce(enrollments.is_unknown, false) as is_score_unknown
from placed as registrations
inner join {{ ref('int_learning360__slots') }} as slots
    on registrations.source_relation = slots.source_relation and registrations.slot_id = slots.slot_id
left join {{ ref('int_learning360__learners') }} as learners
    on registrations.source_relation = learners.source_relation and registrations.user_id = learners.user_id
left join {{ ref('int_learning360__enrollments') }} as enrollments
    on registrations.source_relation = enrollments.source_relation
    and registrations.user_id = enrollments.user_id
    and slots.session_id = enrollments.session_id
    and enrollments.is_current
where registrations.place = 1
