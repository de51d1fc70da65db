-- The courses of a path, in order.
with steps as (
    select paths.source_relation, paths.path_id, {{ json_text('item.value', ['_id']) }} as course_id, min(item.position) as step
    from {{ ref('stg_learning360__paths') }} as paths
    cross join lateral {{ json_elements('paths.steps') }}
    where {{ json_text('item.value', ['type']) }} = 'course' and {{ json_text('item.value', ['_id']) }} is not null
    group by paths.source_relation, paths.path_id, {{ json_text('item.value', ['_id']) }}
)

select source_relation, path_id, course_id, row_number() over (partition by source_relation, path_id order by step) as position
from steps
