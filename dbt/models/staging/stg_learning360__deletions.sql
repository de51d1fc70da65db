-- Objects of which the log of webhook events says that they were deleted. Several events of one object are one row.
{%- set events = {
    'path.session.classroom.slot.deleted': ('classroom_slots', ['classroomSlotId', 'slotId']),
    'path.session.removed': ('path_sessions', ['pathSessionId', 'sessionId']),
    'path.deleted': ('paths', ['pathId']),
    'group.deleted': ('groups', ['groupId']),
} %}
with typed as (
    select *, {{ json_text('payload', ['type']) }} as event_type from {{ ref('stg_learning360__webhook_events') }}
),

logged as (
    {%- for type, (stream, members) in events.items() %}
    {%- set ids = [] %}
    {%- for member in members %}{% do ids.append("nullif(" ~ json_text('payload', ['data', member]) ~ ", '')") %}{% endfor %}
    select
        source_relation,
        event_id,
        event_type,
        created_at,
        '{{ stream }}' as stream,
        coalesce({{ ids | join(', ') }}) as object_id
    from typed
    where event_type = '{{ type }}'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ordered as (
    select
        *,
        row_number() over (
            partition by source_relation, stream, coalesce(object_id, event_id)
            order by created_at desc, event_id desc
        ) as position
    from logged
)

select
    source_relation,
    cast(stream as text) as stream,
    -- NULL if the event names no object in the members that are known.
    cast(object_id as text) as object_id,
    created_at as deleted_at,
    event_type,
    event_id
from ordered
where position = 1
