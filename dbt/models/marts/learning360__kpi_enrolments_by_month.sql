{{ mart() }}
with enrolled as (
    select
        enrollments.source_relation,
        {{ local_month('enrollments.start_at') }} as month,
        {{ known('learners.firm') }} as firm,
        {{ known('learners.region') }} as region,
        {{ known('learners.agency') }} as agency,
        enrollments.timing,
        count(*) as enrolments,
        count(distinct enrollments.user_id) as learners,
        0 as registrations,
        0 as registered_learners,
        0 as declined
    from {{ ref('int_learning360__enrollments') }} as enrollments
    inner join {{ ref('int_learning360__learners') }} as learners
        on enrollments.source_relation = learners.source_relation and enrollments.user_id = learners.user_id
    where enrollments.is_client and not enrollments.is_archived
    group by 1, 2, 3, 4, 5, 6
),

registered as (
    select
        registrations.source_relation,
        {{ month_of('coalesce(slots.start_local, slots.end_local)') }} as month,
        {{ known('registrations.firm') }} as firm,
        {{ known('registrations.region') }} as region,
        {{ known('registrations.agency') }} as agency,
        registrations.timing,
        0 as enrolments,
        0 as learners,
        count(*) as registrations,
        count(distinct registrations.user_id) as registered_learners,
        sum({{ counted('not registrations.is_going') }}) as declined
    from {{ ref('int_learning360__registrations') }} as registrations
    inner join {{ ref('int_learning360__slots') }} as slots
        on registrations.source_relation = slots.source_relation and registrations.slot_id = slots.slot_id
    where registrations.is_client
    group by 1, 2, 3, 4, 5, 6
)

select
    source_relation,
    month,
    firm,
    region,
    agency,
    cast(timing as text) as timing,
    cast(sum(enrolments) as bigint) as enrolments,
    cast(sum(learners) as bigint) as learners,
    cast(sum(registrations) as bigint) as registrations,
    cast(sum(registered_learners) as bigint) as registered_learners,
    cast(sum(declined) as bigint) as declined
from (
    select * from enrolled
    union all
    select * from registered
) as both_kinds
group by 1, 2, 3, 4, 5, 6
