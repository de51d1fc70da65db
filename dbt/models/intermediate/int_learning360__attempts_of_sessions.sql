-- Attempts, also those after `as_of`, at courses of users and paths that exist, each with its path session: its own, else the one of the learner's
-- only enrollment in the path.
with only_enrollments as (
    select source_relation, user_id, path_id, min(session_id) as session_id
    from {{ ref('stg_learning360__path_stats') }}
    where {{ was_there('enrolled_at') }}
    group by source_relation, user_id, path_id
    having count(*) = 1
)

select
    attempts.source_relation,
    attempts.attempt_id,
    attempts.user_id,
    attempts.path_id,
    coalesce(attempts.session_id, only_enrollments.session_id) as session_id,
    attempts.course_id,
    attempts.first_activity_at,
    attempts.last_activity_at,
    attempts.completed_at,
    attempts.time_ms,
    attempts.progress,
    attempts.score
from {{ ref('stg_learning360__course_stats') }} as attempts
inner join {{ ref('stg_learning360__users') }} as users
    on attempts.source_relation = users.source_relation and attempts.user_id = users.user_id
left join {{ ref('stg_learning360__paths') }} as paths
    on attempts.source_relation = paths.source_relation and attempts.path_id = paths.path_id
left join only_enrollments
    on attempts.source_relation = only_enrollments.source_relation
    and attempts.user_id = only_enrollments.user_id
    and attempts.path_id = only_enrollments.path_id
where
    (attempts.path_id is null or paths.path_id is not null)
    {%- if names_of(var('learning360_programme_paths')) %}
    and (attempts.path_id is null or {{ listed('attempts.path_id', 'paths.name', var('learning360_programme_paths')) }})
    {%- endif %}
