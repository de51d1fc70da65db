-- The modules of each enrollment of a client: the courses of the path, and others attempted in the session.
with wanted as (
    select enrollments.enrollment_id, enrollments.user_id, enrollments.session_id, courses.course_id, courses.position
    from {{ ref('int_enrollments') }} as enrollments
    inner join {{ ref('int_path_courses') }} as courses on enrollments.path_id = courses.path_id
    where enrollments.is_client
),

attempted as (
    select
        enrollments.enrollment_id, enrollments.user_id, attempts.course_id, attempts.attempts, attempts.time_ms, attempts.progress,
        attempts.best_score, attempts.is_completed, attempts.completed_at
    from {{ ref('int_attempts') }} as attempts
    inner join {{ ref('int_enrollments') }} as enrollments
        on attempts.user_id = enrollments.user_id
        and attempts.session_id = enrollments.session_id
        and enrollments.is_current
    where enrollments.is_client
)

select
    coalesce(wanted.enrollment_id, attempted.enrollment_id) as enrollment_id,
    coalesce(wanted.user_id, attempted.user_id) as user_id,
    coalesce(wanted.course_id, attempted.course_id) as course_id,
    wanted.position,
    coalesce(attempted.attempts, 0) as attempts,
    coalesce(attempted.time_ms, 0) as time_ms,
    coalesce(attempted.progress, 0) as progress,
    attempted.best_score,
    coalesce(attempted.is_completed, false) as is_completed,
    attempted.completed_at
from wanted
full join attempted on wanted.enrollment_id = attempted.enrollment_id and wanted.course_id = attempted.course_id
