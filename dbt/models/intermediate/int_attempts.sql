-- The sums of a user's attempts at a course, by path session; the session is NULL for attempts outside of sessions.
{%- set programme = var('programme_paths') %}
select
    attempts.user_id,
    attempts.path_id,
    attempts.session_id,
    attempts.course_id,
    count(*) as attempts,
    sum(coalesce(attempts.time_ms, 0)) as time_ms,
    max(coalesce(attempts.progress, 0)) as progress,
    max(attempts.score) as best_score,
    count(attempts.completed_at) > 0 as is_completed,
    min(attempts.completed_at) as completed_at,
    max(attempts.last_activity_at) as last_activity_at
from {{ ref('stg_course_stats') }} as attempts
{% if programme -%}
left join {{ ref('stg_paths') }} as paths on attempts.path_id = paths.path_id
where attempts.path_id is null or {{ listed(['attempts.path_id', 'paths.name'], programme) }}
{%- endif %}
group by attempts.user_id, attempts.path_id, attempts.session_id, attempts.course_id
