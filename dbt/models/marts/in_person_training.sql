select
    slots.slot_id,
    slots.slot_name,
    slots.slot_date,
    slots.timing,
    slots.classroom_name,
    slots.session_name,
    slots.path_name,
    slots.group_name,
    figures.region,
    slots.location,
    slots.trainers,
    {{ ratio('slots.duration_hundredths', 100, 2, 9) }} as duration_hours,
    slots.capacity,
    cast(figures.registered as bigint) as registered,
    {{ rate('figures.registered', 'slots.capacity') }} as fill_rate,
    cast(figures.sheets as bigint) as sheets,
    cast(figures.signed_sheets as bigint) as signed_sheets,
    cast(figures.signed_lines as bigint) as signed_lines,
    cast(figures.signed_present as bigint) as signed_present,
    {{ rate('figures.signed_present', 'figures.signed_lines') }} as attendance_rate,
    {{ average('figures.score_sum', 'figures.scores') }} as average_score,
    {{ ratio('slots.satisfaction_hundredths', 100, 2, 9) }} as satisfaction
from {{ ref('int_slots') }} as slots
inner join {{ ref('int_slot_figures') }} as figures on slots.slot_id = figures.slot_id
where not slots.is_virtual
