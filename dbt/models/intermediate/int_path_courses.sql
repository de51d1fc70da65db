-- The courses of a path, in order.
with steps as (
    select paths.path_id, {{ json_text('item.value', ['_id']) }} as course_id, min(item.position) as step
    from {{ ref('stg_paths') }} as paths
    cross join lateral {{ json_elements('paths.steps') }}
    where {{ json_text('item.value', ['type']) }} = 'course'
    group by paths.path_id, {{ json_text('item.value', ['_id']) }}
)

select path_id, course_id, row_number() over (partition by path_id order by step) as position from steps
