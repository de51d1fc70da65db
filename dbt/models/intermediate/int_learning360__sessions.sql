-- Path sessions of paths that exist; if `learning360_programme_paths` is set, only those of its paths.
{%- set marks = {
    'satisfaction': [var('learning360_satisfaction_field'), var('learning360_satisfaction_scale') or 5],
    'recommendation': [var('learning360_recommendation_field'), 100],
} %}
with
{%- for name, (field, scale) in marks.items() %}
{{ name }}_scores as (
    select
        source_relation,
        session_id,
        {{ mark_numerator('text', scale) }} as numerator,
        {{ mark_denominator('text') }} as denominator
    from (
        select filled.source_relation, filled.session_id, {{ mark_text('filled.value') }} as text
        from {{ ref('stg_learning360__path_session_custom_field_values') }} as filled
        inner join {{ ref('stg_learning360__custom_fields') }} as fields
            on filled.source_relation = fields.source_relation and filled.custom_field_id = fields.custom_field_id
        where {{ listed('filled.custom_field_id', 'fields.name', field) }}
    ) as texts
),

{{ name }} as (
    select
        source_relation,
        session_id,
        min({{ whole_part('2 * 100 * ' ~ whole('numerator') ~ ' + ' ~ whole('denominator'), '2 * ' ~ whole('denominator')) }}) as hundredths
    from {{ name }}_scores
    where numerator <= {{ whole(scale) }} * denominator
    group by source_relation, session_id
){{ ',' if not loop.last }}
{% endfor %}
select
    sessions.source_relation,
    sessions.session_id,
    sessions.name as session_name,
    sessions.path_id,
    paths.name as path_name,
    sessions.start_at,
    sessions.end_at,
    cast(satisfaction.hundredths as bigint) as satisfaction_hundredths,
    cast(recommendation.hundredths as bigint) as recommendation_hundredths
from {{ ref('stg_learning360__path_sessions') }} as sessions
inner join {{ ref('stg_learning360__paths') }} as paths
    on sessions.source_relation = paths.source_relation and sessions.path_id = paths.path_id
left join satisfaction
    on sessions.source_relation = satisfaction.source_relation and sessions.session_id = satisfaction.session_id
left join recommendation
    on sessions.source_relation = recommendation.source_relation and sessions.session_id = recommendation.session_id
{% if names_of(var('learning360_programme_paths')) -%}
where {{ listed('sessions.path_id', 'paths.name', var('learning360_programme_paths')) }}
{%- endif %}
