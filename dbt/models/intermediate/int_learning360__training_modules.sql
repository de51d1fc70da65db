-- The modules of each enrollment of a client: the courses of the path, and others attempted in the session. Without the
-- stream `course_stats` their time is unknown.
{%- set synced = is_synced('course_stats', 'wanted.source_relation') %}
with wanted as (
    select
        enrollments.source_relation, enrollments.enrollment_id, enrollments.user_id, enrollments.session_id, courses.course_id,
        courses.position
    from {{ ref('int_learning360__enrollments') }} as enrollments
    inner join {{ ref('int_learning360__path_courses') }} as courses
        on enrollments.source_relation = courses.source_relation and enrollments.path_id = courses.path_id
    where enrollments.is_client
),

attempted as (
    select
        enrollments.source_relation,
        enrollments.enrollment_id,
        enrollments.user_id,
        attempts.course_id,
        sum(attempts.attempts) as attempts,
        case when count(attempts.time_ms) = count(*) then sum(attempts.time_ms) end as time_ms,
        case when count(attempts.progress) = count(*) then max(attempts.progress) end as progress,
        max(attempts.best_score) as best_score,
        max(case when attempts.is_completed then 1 else 0 end) = 1 as is_completed,
        min(attempts.completed_at) as completed_at
    from {{ ref('int_learning360__attempts') }} as attempts
    inner join {{ ref('int_learning360__enrollments') }} as enrollments
        on attempts.source_relation = enrollments.source_relation
        and attempts.user_id = enrollments.user_id
        and attempts.session_id = enrollments.session_id
        and enrollments.is_current
    where enrollments.is_client
    group by enrollments.source_relation, enrollments.enrollment_id, enrollments.user_id, attempts.course_id
)

select
    coalesce(wanted.source_relation, attempted.source_relation) as source_relation,
    coalesce(wanted.enrollment_id, attempted.enrollment_id) as enrollment_id,
    coalesce(wanted.user_id, attempted.user_id) as user_id,
    coalesce(wanted.course_id, attempted.course_id) as course_id,
    wanted.position,
    case when attempted.enrollment_id is not null then attempted.attempts when {{ synced }} then 0 end as attempts,
    case when attempted.enrollment_id is not null then attempted.time_ms when {{ synced }} then 0 end as time_ms,
    case when attempted.enrollment_id is not null then attempted.progress when {{ synced }} then 0 end as progress,
    attempted.best_score,
    case when attempted.enrollment_id is not null then attempted.is_completed when {{ synced }} then false end as is_completed,
    attempted.completed_at
from wanted
full join attempted
    on wanted.source_relation = attempted.source_relation
    and wanted.enrollment_id = attempted.enrollment_id
    and wanted.course_id = attempted.course_id
