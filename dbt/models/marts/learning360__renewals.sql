{{ mart(key=['user_id', 'path_id']) }}
with completed as (
    select
        *,
        row_number() over (partition by source_relation, user_id, path_id order by completed_at desc, training_id asc) as choice
    from {{ ref('int_learning360__trainings') }}
    where training_kind = 'path' and completed_at is not null
),

-- Clients who are in the path again.
again as (
    select distinct source_relation, user_id, path_id
    from {{ ref('int_learning360__trainings') }}
    where training_kind = 'path' and completed_at is null and not is_archived and timing <> 'past'
),

dated as (
    select
        completed.source_relation,
        completed.user_id,
        completed.path_id,
        completed.training_id,
        completed.training_name,
        completed.firm,
        completed.status,
        {{ local_date('completed.completed_at') }} as completed_date,
        {{ validity_months('completed.path_id', 'completed.training_name') }} as validity_months,
        again.user_id is not null as is_enrolled_again
    from completed
    left join again
        on completed.source_relation = again.source_relation and completed.user_id = again.user_id and completed.path_id = again.path_id
    where completed.choice = 1
),

expiring as (
    select *, cast({{ later('month', 'validity_months', 'completed_date') }} as date) as expiry_date, {{ local_date(as_of()) }} as today
    from dated
),

ranked as (
    select
        *,
        case
            when expiry_date is null then 'unlimited'
            when expiry_date < today then 'expired'
            when expiry_date <= cast({{ later('day', 30, 'today') }} as date) then 'within_30_days'
            when expiry_date <= cast({{ later('day', 90, 'today') }} as date) then 'within_90_days'
            else 'valid'
        end as validity
    from expiring
)

select
    ranked.source_relation,
    ranked.user_id,
    ranked.path_id,
    ranked.training_id,
    learners.display_name,
    learners.email,
    {{ known('learners.firm') }} as firm,
    {{ known('learners.agency') }} as agency,
    {{ known('learners.region') }} as region,
    ranked.training_name as path_name,
    ranked.completed_date,
    ranked.status,
    cast(ranked.validity_months as bigint) as validity_months,
    ranked.expiry_date,
    cast(ranked.validity as text) as validity,
    cast(coalesce(labels.label, ranked.validity) as text) as validity_label,
    ranked.is_enrolled_again
from ranked
inner join {{ ref('int_learning360__learners') }} as learners
    on ranked.source_relation = learners.source_relation and ranked.user_id = learners.user_id
left join {{ ref('learning360__labels') }} as labels on ranked.validity = labels.code and labels.kind = 'validity'
