-- Lines of attendance sheets, each with its training.
select
    attendances.attendance_id,
    attendances.user_id,
    learners.is_client,
    learners.region,
    attendances.status as presence,
    coalesce(attendances.status = 'present', false) as is_present,
    sheets.sheet_id,
    sheets.sheet_name,
    sheets.sheet_status,
    sheets.is_signed,
    sheets.half_day,
    sheets.sheet_position,
    sheets.duration_hundredths,
    sheets.sheets_of_slot,
    slots.slot_id,
    slots.slot_name,
    slots.classroom_id,
    slots.slot_date,
    slots.slot_end_date,
    slots.start_at,
    slots.is_virtual,
    slots.location,
    slots.trainers,
    enrollments.enrollment_id
from {{ ref('stg_attendances') }} as attendances
inner join {{ ref('int_sheets') }} as sheets on attendances.sheet_id = sheets.sheet_id
inner join {{ ref('int_slots') }} as slots on sheets.slot_id = slots.slot_id
left join {{ ref('int_learners') }} as learners on attendances.user_id = learners.user_id
left join {{ ref('int_enrollments') }} as enrollments
    on attendances.user_id = enrollments.user_id
    and slots.session_id = enrollments.session_id
    and enrollments.is_current
