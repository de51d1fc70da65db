{{ mart() }}
with enrolled as (
    select
        enrollments.source_relation,
        {{ known('learners.firm') }} as firm,
        {{ known('learners.region') }} as region,
        {{ known('learners.agency') }} as agency,
        enrollments.timing,
        count(*) as enrolments,
        count(distinct enrollments.user_id) as learners,
        sum(case when enrollments.is_self_enrolled then 1 else 0 end) as self_enrolled
    from {{ ref('int_learning360__enrollments') }} as enrollments
    inner join {{ ref('int_learning360__learners') }} as learners
        on enrollments.source_relation = learners.source_relation and enrollments.user_id = learners.user_id
    where enrollments.is_client and not enrollments.is_archived
    group by 1, 2, 3, 4, 5
),

registered as (
    select
        source_relation,
        {{ known('firm') }} as firm,
        {{ known('region') }} as region,
        {{ known('agency') }} as agency,
        timing,
        count(*) as registrations,
        count(distinct user_id) as registered_learners,
        sum(case when not is_going then 1 else 0 end) as declined
    from {{ ref('int_learning360__registrations') }}
    where is_client
    group by 1, 2, 3, 4, 5
)

select
    coalesce(enrolled.source_relation, registered.source_relation) as source_relation,
    coalesce(enrolled.firm, registered.firm) as firm,
    coalesce(enrolled.region, registered.region) as region,
    coalesce(enrolled.agency, registered.agency) as agency,
    coalesce(enrolled.timing, registered.timing) as timing,
    cast(coalesce(enrolled.enrolments, 0) as bigint) as enrolments,
    cast(coalesce(enrolled.learners, 0) as bigint) as learners,
    cast(coalesce(enrolled.self_enrolled, 0) as bigint) as self_enrolled,
    cast(coalesce(registered.registrations, 0) as bigint) as registrations,
    cast(coalesce(registered.registered_learners, 0) as bigint) as registered_learners,
    cast(coalesce(registered.declined, 0) as bigint) as declined
from enrolled
full join registered
    on enrolled.source_relation = registered.source_relation
    and enrolled.firm = registered.firm
    and enrolled.region = registered.region
    and enrolled.agency = registered.agency
    and enrolled.timing = registered.timing
