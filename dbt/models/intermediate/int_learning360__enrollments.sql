-- Enrollments in path sessions, with their progress: those in `path_stats`, the list in full, in paths that exist.
-- Archived ones have `is_archived`. What an enrollment had before a change later than `as_of` is unknown.
with activity as (
    select source_relation, user_id, session_id, max(last_activity_at) as last_activity_at
    from {{ ref('int_learning360__attempts_of_sessions') }}
    where session_id is not null
    group by source_relation, user_id, session_id
),

enrolled as (
    select
        stats.source_relation,
        stats.enrollment_id,
        stats.user_id,
        stats.path_id,
        stats.session_id,
        coalesce(stats.enrolled_at, plain.created_at) as enrolled_at,
        coalesce(stats.archived_at, plain.archived_at) as archived_at,
        coalesce(plain.status, '') = 'archived' as has_archived_status,
        coalesce(stats.is_self_enrolled, plain.is_self_enrolled, false) as is_self_enrolled,
        stats.progress,
        stats.status,
        stats.score,
        stats.time_ms,
        stats.started_at,
        stats.completed_at,
        stats.certificate_id is not null as has_certificate,
        {{ came_later('stats.started_at') }} as is_not_started,
        {{ came_later('stats.completed_at') }}
        or {{ came_later('coalesce(stats.archived_at, plain.archived_at)') }}
        or {{ came_later('activity.last_activity_at') }} as is_unknown
    from {{ ref('stg_learning360__path_stats') }} as stats
    left join {{ ref('stg_learning360__path_enrollments') }} as plain
        on stats.source_relation = plain.source_relation and stats.enrollment_id = plain.enrollment_id
    left join activity
        on stats.source_relation = activity.source_relation
        and stats.user_id = activity.user_id
        and stats.session_id = activity.session_id
),

then_known as (
    select
        *,
        case when archived_at is null then has_archived_status else not {{ came_later('archived_at') }} end as is_archived,
        case when is_not_started then 0 when not is_unknown then coalesce(progress, 0) end as progress_then,
        case when not is_not_started and not is_unknown then status end as status_then,
        case when not is_not_started and not is_unknown then score end as score_then,
        case when is_not_started then 0 when not is_unknown then coalesce(time_ms, 0) end as time_then,
        case when is_not_started then false when not is_unknown then has_certificate end as has_certificate_then
    from enrolled
)

select
    enrolled.source_relation,
    enrolled.enrollment_id,
    enrolled.user_id,
    learners.is_client,
    enrolled.path_id,
    paths.name as path_name,
    enrolled.session_id,
    sessions.session_name,
    sessions.start_at,
    sessions.end_at,
    case when sessions.session_id is null then 'unknown' else {{ timing('sessions.start_at', 'sessions.end_at') }} end as timing,
    enrolled.enrolled_at,
    enrolled.is_archived,
    enrolled.is_self_enrolled,
    enrolled.progress_then as progress,
    enrolled.status_then as status,
    enrolled.score_then as score,
    enrolled.time_then as time_ms,
    {{ so_far('enrolled.started_at') }} as started_at,
    {{ so_far('enrolled.completed_at') }} as completed_at,
    enrolled.has_certificate_then as has_certificate,
    enrolled.is_unknown and not enrolled.is_not_started as is_unknown,
    -- One of several enrollments of a user in a session counts where rows have a user and a session only.
    row_number() over (
        partition by enrolled.source_relation, enrolled.user_id, enrolled.session_id
        order by enrolled.is_archived asc, coalesce(enrolled.enrolled_at, {{ first_instant() }}) desc, enrolled.enrollment_id desc
    ) = 1 as is_current
from then_known as enrolled
inner join {{ ref('int_learning360__learners') }} as learners
    on enrolled.source_relation = learners.source_relation and enrolled.user_id = learners.user_id
inner join {{ ref('stg_learning360__paths') }} as paths
    on enrolled.source_relation = paths.source_relation and enrolled.path_id = paths.path_id
left join {{ ref('int_learning360__sessions') }} as sessions
    on enrolled.source_relation = sessions.source_relation and enrolled.session_id = sessions.session_id
where
    {{ was_there('enrolled.enrolled_at') }}
    {%- if names_of(var('learning360_programme_paths')) %}
    and {{ listed('enrolled.path_id', 'paths.name', var('learning360_programme_paths')) }}
    {%- endif %}
