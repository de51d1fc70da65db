-- Path sessions with their paths; if `programme_paths` is set, only those of its paths.
with satisfaction as (
    select filled.session_id, min({{ hundredths('filled.value') }}) as hundredths
    from {{ ref('stg_path_session_custom_field_values') }} as filled
    left join {{ ref('stg_custom_fields') }} as fields on filled.custom_field_id = fields.custom_field_id
    where {{ listed(['filled.custom_field_id', 'fields.name'], var('satisfaction_field') or []) }}
    group by filled.session_id
)

select
    sessions.session_id,
    sessions.name as session_name,
    sessions.path_id,
    paths.name as path_name,
    sessions.start_at,
    sessions.end_at,
    satisfaction.hundredths as satisfaction_hundredths
from {{ ref('stg_path_sessions') }} as sessions
left join {{ ref('stg_paths') }} as paths on sessions.path_id = paths.path_id
left join satisfaction on sessions.session_id = satisfaction.session_id
{% if var('programme_paths') -%}
where {{ listed(['sessions.path_id', 'paths.name'], var('programme_paths')) }}
{%- endif %}
