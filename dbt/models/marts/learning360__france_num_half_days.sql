{{ mart(key=['attendance_id']) }}
select
    lines.source_relation,
    lines.attendance_id,
    lines.training_id,
    lines.user_id,
    lines.slot_id,
    lines.slot_name,
    cast(lines.start_local as date) as slot_date,
    cast(lines.end_local as date) as slot_end_date,
    lines.start_local,
    lines.end_local,
    lines.sheet_id,
    lines.sheet_name,
    cast(lines.sheet_position as bigint) as sheet_position,
    cast(lines.half_day as text) as half_day,
    {{ ratio('lines.duration_ms', '3600000 * lines.sheets_of_slot', 2, 9) }} as duration_hours,
    lines.presence,
    cast(coalesce(labels.label, lines.presence) as text) as presence_label,
    lines.is_present,
    lines.is_signed,
    lines.sheet_status,
    lines.is_virtual,
    lines.location,
    lines.trainers
from {{ ref('int_learning360__attendances') }} as lines
left join {{ ref('learning360__labels') }} as labels on lines.presence = labels.code and labels.kind = 'presence'
where lines.is_client
