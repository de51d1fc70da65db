-- Enrollments in path sessions, with their progress; archived ones have `is_archived`.
with enrolled as (
    select
        coalesce(stats.enrollment_id, plain.enrollment_id) as enrollment_id,
        coalesce(stats.user_id, plain.user_id) as user_id,
        coalesce(stats.path_id, plain.path_id) as path_id,
        coalesce(stats.session_id, plain.session_id) as session_id,
        coalesce(stats.enrolled_at, plain.created_at) as enrolled_at,
        stats.archived_at is not null or plain.archived_at is not null
        or coalesce(plain.status, '') = 'archived' as is_archived,
        coalesce(stats.is_self_enrolled, plain.is_self_enrolled, false) as is_self_enrolled,
        coalesce(stats.progress, 0) as progress,
        stats.status,
        stats.score,
        coalesce(stats.time_ms, 0) as time_ms,
        stats.started_at,
        stats.completed_at,
        stats.certificate_id is not null as has_certificate
    from {{ ref('stg_path_stats') }} as stats
    full join {{ ref('stg_path_enrollments') }} as plain on stats.enrollment_id = plain.enrollment_id
)

select
    enrolled.enrollment_id,
    enrolled.user_id,
    learners.is_client,
    enrolled.path_id,
    coalesce(sessions.path_name, paths.name) as path_name,
    enrolled.session_id,
    sessions.session_name,
    sessions.start_at,
    sessions.end_at,
    {{ timing('sessions.start_at', 'sessions.end_at') }} as timing,
    enrolled.enrolled_at,
    enrolled.is_archived,
    enrolled.is_self_enrolled,
    enrolled.progress,
    enrolled.status,
    enrolled.score,
    enrolled.time_ms,
    enrolled.started_at,
    enrolled.completed_at,
    enrolled.has_certificate,
    -- One of several enrollments of a user in a session counts where rows have a user and a session only.
    row_number() over (
        partition by enrolled.user_id, enrolled.session_id
        order by enrolled.is_archived asc, enrolled.enrolled_at desc, enrolled.enrollment_id desc
    ) = 1 as is_current
from enrolled
inner join {{ ref('int_learners') }} as learners on enrolled.user_id = learners.user_id
left join {{ ref('int_sessions') }} as sessions on enrolled.session_id = sessions.session_id
left join {{ ref('stg_paths') }} as paths on enrolled.path_id = paths.path_id
{% if var('programme_paths') -%}
where {{ listed(['enrolled.path_id', 'paths.name'], var('programme_paths')) }}
{%- endif %}
