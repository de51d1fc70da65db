{{ mart() }}
{%- set dimensions = ['region', 'department', 'kind', 'sector', 'company_size', 'headcount_band'] %}
with enrolled as (
    select source_relation, user_id, max(case when completed_at is null then 0 else 1 end) as trained
    from {{ ref('int_learning360__enrollments') }}
    where is_client and not is_archived
    group by source_relation, user_id
),

by_dimension as (
    {%- for dimension in dimensions %}
    select
        enrolled.source_relation,
        '{{ dimension }}' as dimension,
        learners.{{ dimension }} as value,
        {{ 'headcount_lowest' if dimension == 'headcount_band' else 'cast(null as bigint)' }} as lowest,
        enrolled.trained
    from enrolled
    inner join {{ ref('int_learning360__learners') }} as learners
        on enrolled.source_relation = learners.source_relation and enrolled.user_id = learners.user_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    -- A value may be the label of unknown ones.
    select source_relation, dimension, {{ known('value') }} as value, min(lowest) as lowest, count(*) as learners, sum(trained) as trained
    from by_dimension
    group by source_relation, dimension, {{ known('value') }}
)

select
    counted.source_relation,
    counted.dimension,
    cast(coalesce(labels.label, counted.dimension) as text) as dimension_label,
    counted.value,
    row_number() over (
        partition by counted.source_relation, counted.dimension
        order by
            case when counted.value = {{ unknown_label() }} then 1 else 0 end asc,
            coalesce(counted.lowest, 0) asc, counted.learners desc, {{ by_bytes('counted.value') }} asc
    ) as position,
    cast(counted.learners as bigint) as learners,
    cast(counted.trained as bigint) as trained,
    {{ rate('counted.learners', 'sum(counted.learners) over (partition by counted.source_relation, counted.dimension)') }} as share
from counted
left join {{ ref('learning360__labels') }} as labels on counted.dimension = labels.code and labels.kind = 'dimension'
