-- Completed enrollments of clients, each with the firm that the client had then, if the snapshot of roles knows it, else
-- the firm of now.
select
    enrollments.source_relation,
    enrollments.enrollment_id,
    enrollments.user_id,
    enrollments.completed_at,
    enrollments.status,
    enrollments.is_unknown,
    case when versions.user_id is null then learners.firm else versions.firm end as firm_at_completion
from {{ ref('int_learning360__enrollments') }} as enrollments
inner join {{ ref('int_learning360__learners') }} as learners
    on enrollments.source_relation = learners.source_relation and enrollments.user_id = learners.user_id
left join {{ ref('int_learning360__role_versions') }} as versions
    on enrollments.source_relation = versions.source_relation
    and enrollments.user_id = versions.user_id
    and enrollments.completed_at >= versions.valid_from
    and enrollments.completed_at < versions.valid_to
where enrollments.is_client and enrollments.completed_at is not null
