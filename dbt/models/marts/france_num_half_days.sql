select
    lines.attendance_id,
    coalesce(lines.enrollment_id, lines.classroom_id || '|' || lines.user_id) as training_id,
    lines.user_id,
    lines.slot_id,
    lines.slot_name,
    lines.slot_date,
    lines.slot_end_date,
    lines.sheet_id,
    lines.sheet_name,
    cast(lines.sheet_position as bigint) as sheet_position,
    cast(lines.half_day as text) as half_day,
    {{ ratio('lines.duration_hundredths', '100 * lines.sheets_of_slot', 2, 9) }} as duration_hours,
    lines.presence,
    cast(coalesce(labels.label, lines.presence) as text) as presence_label,
    lines.is_present,
    lines.is_signed,
    lines.sheet_status,
    lines.is_virtual,
    lines.location,
    lines.trainers
from {{ ref('int_attendances') }} as lines
left join {{ ref('labels') }} as labels on lines.presence = labels.code and labels.kind = 'presence'
where lines.is_client
