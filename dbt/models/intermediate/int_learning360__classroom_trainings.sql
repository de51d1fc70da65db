-- Clients in slots outside of their sessions: one training per classroom.
with met as (
    select source_relation, user_id, classroom_id, slot_id
    from {{ ref('int_learning360__registrations') }}
    where is_client and enrollment_id is null
    union
    select source_relation, user_id, classroom_id, slot_id
    from {{ ref('int_learning360__attendances') }}
    where is_client and enrollment_id is null
)

select
    met.source_relation,
    met.classroom_id || '|' || met.user_id as training_id,
    met.user_id,
    met.classroom_id,
    max(slots.classroom_name) as classroom_name,
    min(slots.start_local) as start_local,
    max(coalesce(slots.end_local, slots.start_local)) as end_local,
    min(slots.start_at) as start_at,
    max(coalesce(slots.end_at, slots.start_at)) as end_at,
    min(registrations.created_at) as enrolled_at
from met
inner join {{ ref('int_learning360__slots') }} as slots
    on met.source_relation = slots.source_relation and met.slot_id = slots.slot_id
left join {{ ref('int_learning360__registrations') }} as registrations
    on met.source_relation = registrations.source_relation and met.user_id = registrations.user_id and met.slot_id = registrations.slot_id
group by met.source_relation, met.classroom_id, met.user_id
