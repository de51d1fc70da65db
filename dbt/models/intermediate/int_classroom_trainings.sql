-- Clients in slots outside of their sessions: one training per classroom.
with met as (
    select user_id, classroom_id, slot_id from {{ ref('int_registrations') }} where is_client and enrollment_id is null
    union
    select user_id, classroom_id, slot_id from {{ ref('int_attendances') }} where is_client and enrollment_id is null
)

select
    met.classroom_id || '|' || met.user_id as training_id,
    met.user_id,
    met.classroom_id,
    max(slots.classroom_name) as classroom_name,
    min(slots.start_at) as start_at,
    max(slots.end_at) as end_at,
    min(registrations.created_at) as enrolled_at
from met
inner join {{ ref('int_slots') }} as slots on met.slot_id = slots.slot_id
left join {{ ref('int_registrations') }} as registrations
    on met.user_id = registrations.user_id and met.slot_id = registrations.slot_id
group by met.classroom_id, met.user_id
