{{ mart(key=['slot_id']) }}
select
    slots.source_relation,
    slots.slot_id,
    slots.slot_name,
    cast(slots.start_local as date) as slot_date,
    slots.start_local,
    slots.end_local,
    slots.timing,
    slots.classroom_name,
    slots.session_name,
    slots.path_name,
    slots.group_name,
    figures.region,
    slots.location,
    slots.trainers,
    {{ ratio('slots.duration_ms', 3600000, 2, 9) }} as duration_hours,
    slots.capacity,
    cast(figures.registered as bigint) as registered,
    cast(figures.declined as bigint) as declined,
    {{ rate('figures.registered', 'slots.limited_capacity') }} as fill_rate,
    {{ rate('figures.registered - figures.declined', 'slots.limited_capacity') }} as fill_rate_without_declined,
    cast(figures.sheets as bigint) as sheets,
    cast(figures.signed_sheets as bigint) as signed_sheets,
    cast(figures.signed_lines as bigint) as signed_lines,
    cast(figures.signed_present as bigint) as signed_present,
    {{ rate('figures.signed_present', 'figures.signed_lines') }} as attendance_rate,
    {{ average('figures.score_sum', 'figures.scores') }} as average_score,
    case
        when figures.satisfaction_source in ('slot', 'session') then {{ mark('figures.points', 'figures.rated') }}
        else {{ ratio('slots.satisfaction_hundredths', 100, 2, 9) }}
    end as satisfaction,
    cast(case when {{ is_synced('feedback', 'slots.source_relation') }} then coalesce(figures.answers, 0) end as bigint) as answers,
    case
        when figures.satisfaction_source in ('slot', 'session') then {{ rate('figures.recommended', 'figures.recommendations') }}
        else {{ rate('slots.recommendation_hundredths', 10000) }}
    end as recommendation_rate,
    cast(figures.satisfaction_source as text) as satisfaction_source
from {{ ref('int_learning360__slots') }} as slots
inner join {{ ref('int_learning360__slot_figures') }} as figures
    on slots.source_relation = figures.source_relation and slots.slot_id = figures.slot_id
where not slots.is_virtual
