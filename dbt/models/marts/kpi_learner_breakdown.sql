{%- set dimensions = ['region', 'department', 'kind', 'sector', 'company_size', 'headcount_band'] %}
with enrolled as (
    select user_id, max(case when completed_at is null then 0 else 1 end) as trained
    from {{ ref('int_enrollments') }}
    where is_client and not is_archived
    group by user_id
),

by_dimension as (
    {%- for dimension in dimensions %}
    select
        '{{ dimension }}' as dimension,
        learners.{{ dimension }} as value,
        {{ 'headcount_lowest' if dimension == 'headcount_band' else 'cast(null as bigint)' }} as lowest,
        enrolled.trained
    from enrolled
    inner join {{ ref('int_learners') }} as learners on enrolled.user_id = learners.user_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select dimension, value, min(lowest) as lowest, count(*) as learners, sum(trained) as trained
    from by_dimension
    group by dimension, value
)

select
    counted.dimension,
    cast(coalesce(labels.label, counted.dimension) as text) as dimension_label,
    {{ known('counted.value') }} as value,
    row_number() over (
        partition by counted.dimension
        order by
            case when counted.value is null then 1 else 0 end asc,
            coalesce(counted.lowest, 0) asc, counted.learners desc, counted.value asc
    ) as position,
    cast(counted.learners as bigint) as learners,
    cast(counted.trained as bigint) as trained,
    {{ rate('counted.learners', 'sum(counted.learners) over (partition by counted.dimension)') }} as share
from counted
left join {{ ref('labels') }} as labels on counted.dimension = labels.code and labels.kind = 'dimension'
