-- The optional streams that each account syncs.
{%- set sources = {
    'courses': source('learning360', 'courses'),
    'course_stats': source('learning360', 'course_stats'),
    'path_enrollments': source('learning360', 'path_enrollments'),
    'path_session_custom_field_values': source('learning360', 'path_session_custom_field_values'),
    'classroom_slot_waitlist': source('learning360', 'classroom_slot_waitlist'),
    'user_managers': source('learning360', 'user_managers'),
    'group_memberships': source('learning360', 'group_memberships'),
    'feedback': source('learning360', 'feedback'),
} %}
with
synced as (
    {%- for stream in sources if execute %}
    {%- for schema, _ in raw_tables(stream) %}
    select {{ literal(schema) }} as source_relation, '{{ stream }}' as stream
    union all
    {%- endfor %}
    {%- endfor %}
    select cast(null as text) as source_relation, cast(null as text) as stream
)

select source_relation, stream from synced where stream is not null
