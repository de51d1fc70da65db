{{ mart(['stream', 'object_id']) }}
{%- set keys = {'classroom_slots': 'slot_id', 'path_sessions': 'session_id', 'paths': 'path_id', 'groups': 'group_id'} %}
-- The raw tables that still hold such an object.
with held as (
    {%- for stream in keys if execute %}
    {%- for schema, relation in raw_tables(stream) %}
    select
        {{ literal(schema) }} as source_relation,
        '{{ stream }}' as stream,
        cast({{ raw_column(relation, '_id') }} as text) as object_id
    from {{ relation }}
    union
    {%- endfor %}
    {%- endfor %}
    select cast(null as text), cast(null as text), cast(null as text) where false
),

-- Those that the marts know.
counted as (
    {%- for stream, key in keys.items() %}
    select source_relation, '{{ stream }}' as stream, {{ key }} as object_id from {{ ref('stg_learning360__' ~ stream) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    deletions.source_relation,
    deletions.stream,
    deletions.object_id,
    deletions.deleted_at,
    {{ local_time('deletions.deleted_at') }} as deleted_local,
    deletions.event_type,
    deletions.event_id,
    held.object_id is not null and counted.object_id is null as is_left_out
from {{ ref('stg_learning360__deletions') }} as deletions
left join held
    on deletions.source_relation = held.source_relation and deletions.stream = held.stream and deletions.object_id = held.object_id
left join counted
    on deletions.source_relation = counted.source_relation and deletions.stream = counted.stream and deletions.object_id = counted.object_id
where deletions.object_id is not null
