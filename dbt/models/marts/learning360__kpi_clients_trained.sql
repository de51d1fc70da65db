{{ mart() }}
with recursive completed as (
    select
        source_relation,
        user_id,
        {{ known('firm_at_completion') }} as firm,
        {{ local_month('completed_at') }} as month,
        case when is_unknown then null when status = 'successful' then 1 else 0 end as success,
        row_number() over (
            partition by source_relation, user_id
            order by completed_at, enrollment_id
        ) as nth
    from {{ ref('int_learning360__completions') }}
),

months as (
    select source_relation, min(month) as month, max(month) as last from completed group by source_relation
    union all
    select source_relation, cast({{ later('month', 1, 'month') }} as date) as month, last from months where month < last
),

firms as (
    select distinct source_relation, firm from completed
),

counted as (
    select
        months.source_relation,
        months.month,
        firms.firm,
        sum(case when completed.nth = 1 then 1 else 0 end) as clients_trained,
        count(completed.nth) as completions,
        -- Unknown if the status of one of them is.
        case when count(completed.success) = count(completed.nth) then coalesce(sum(completed.success), 0) end as successes
    from months
    inner join firms on months.source_relation = firms.source_relation
    left join completed
        on months.source_relation = completed.source_relation and months.month = completed.month and firms.firm = completed.firm
    group by months.source_relation, months.month, firms.firm
)

select
    source_relation,
    month,
    firm,
    cast(clients_trained as bigint) as clients_trained,
    cast(sum(clients_trained) over (partition by source_relation, firm order by month) as bigint) as clients_trained_to_date,
    cast(completions as bigint) as completions,
    cast(successes as bigint) as successes
from counted
