-- Lines of attendance sheets, one per sheet and user, each with its training. A line that was read before the newest of
-- its sheet is gone: all lines of a sheet are read at once.
with newest as (
    {{ read_last('stg_learning360__attendances', 'sheet_id') }}
),

placed as (
    select
        *,
        row_number() over (
            partition by source_relation, sheet_id, user_id
            order by case when status = 'present' then 1 else 2 end, attendance_id
        ) as place
    from newest
)

select
    attendances.source_relation,
    attendances.attendance_id,
    attendances.user_id,
    learners.is_client,
    learners.firm,
    learners.agency,
    learners.region,
    attendances.status as presence,
    coalesce(attendances.status = 'present', false) as is_present,
    sheets.sheet_id,
    sheets.sheet_name,
    sheets.sheet_status,
    sheets.is_signed,
    sheets.half_day,
    sheets.sheet_position,
    sheets.duration_ms,
    sheets.sheets_of_slot,
    slots.slot_id,
    slots.slot_name,
    slots.classroom_id,
    slots.start_local,
    slots.end_local,
    slots.is_virtual,
    slots.location,
    slots.trainers,
    enrollments.enrollment_id,
    coalesce(enrollments.enrollment_id, slots.classroom_id || '|' || attendances.user_id) as training_id
from placed as attendances
inner join {{ ref('int_learning360__sheets') }} as sheets
    on attendances.source_relation = sheets.source_relation and attendances.sheet_id = sheets.sheet_id
inner join {{ ref('int_learning360__slots') }} as slots
    on sheets.source_relation = slots.source_relation and sheets.slot_id = slots.slot_id
left join {{ ref('int_learning360__learners') }} as learners
    on attendances.source_relation = learners.source_relation and attendances.user_id = learners.user_id
left join {{ ref('int_learning360__enrollments') }} as enrollments
    on attendances.source_relation = enrollments.source_relation
    and attendances.user_id = enrollments.user_id
    and slots.session_id = enrollments.session_id
    and enrollments.is_current
where attendances.place = 1
