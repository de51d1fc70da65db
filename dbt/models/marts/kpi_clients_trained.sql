with recursive completed as (
    select
        enrollments.user_id,
        {{ known('learners.firm') }} as firm,
        {{ local_month('enrollments.completed_at') }} as month,
        enrollments.status,
        row_number() over (
            partition by enrollments.user_id
            order by enrollments.completed_at, enrollments.enrollment_id
        ) as nth
    from {{ ref('int_enrollments') }} as enrollments
    inner join {{ ref('int_learners') }} as learners on enrollments.user_id = learners.user_id
    where enrollments.is_client and enrollments.completed_at is not null
),

months as (
    select min(month) as month, max(month) as last from completed
    union all
    select cast(month + interval '1 month' as date) as month, last from months where month < last
),

firms as (
    select distinct firm from completed
),

counted as (
    select
        months.month,
        firms.firm,
        sum(case when completed.nth = 1 then 1 else 0 end) as clients_trained,
        count(completed.nth) as completions,
        sum(case when completed.status = 'successful' then 1 else 0 end) as successes
    from months
    cross join firms
    left join completed on months.month = completed.month and firms.firm = completed.firm
    group by months.month, firms.firm
)

select
    month,
    firm,
    cast(clients_trained as bigint) as clients_trained,
    cast(sum(clients_trained) over (partition by firm order by month) as bigint) as clients_trained_to_date,
    cast(completions as bigint) as completions,
    cast(successes as bigint) as successes
from counted
