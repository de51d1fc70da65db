{{ mart() }}
{%- set streams = {
    'users': 'user_id', 'groups': 'group_id', 'paths': 'path_id', 'path_sessions': 'session_id', 'path_stats': 'enrollment_id',
    'path_enrollments': 'enrollment_id', 'courses': 'course_id', 'course_stats': 'attempt_id', 'classrooms': 'classroom_id',
    'classroom_slots': 'slot_id', 'classroom_registrations': 'registration_id', 'classroom_slot_waitlist': 'slot_id',
    'attendance_sheets': 'sheet_id', 'attendances': 'attendance_id', 'feedback': 'answer_id',
} %}
{%- set kinds = {'user_field': 'custom field of users', 'session_field': 'custom field', 'group': 'group', 'path': 'path'} %}
{%- set optional = [
    'courses', 'course_stats', 'path_enrollments', 'path_session_custom_field_values', 'classroom_slot_waitlist', 'user_managers',
] + (['group_memberships'] if group_roles() else []) %}
with accounts as (
    {{ accounts() }}
),

-- Names in variables.
names as (
    select
        source_relation,
        'warning' as level,
        'name without match' as kind,
        variable || coalesce('.' || role, '') as place,
        1 as rows_affected,
        name as example,
        'no ' || case kind
            {%- for kind, word in kinds.items() %}
            when '{{ kind }}' then '{{ word }}'
            {%- endfor %}
        end || ' has the name or id ' || name || coalesce('; the nearest is ' || nearest, '') as message
    from {{ ref('int_learning360__unmatched_names') }}
),

-- Values that are NULL because they could not be read.
unreadable as (
    {%- for stream, key in streams.items() %}
    select source_relation, '{{ stream }}.' || unreadable_fields as place, count(*) as rows_affected, min({{ key }}) as example
    from {{ ref('stg_learning360__' ~ stream) }}
    where unreadable_fields is not null
    group by source_relation, unreadable_fields
    union all
    {%- endfor %}
    select stated.source_relation, 'classroom_slots.timezone', count(*), min(stated.timezone)
    from {{ ref('stg_learning360__classroom_slots') }} as stated
    inner join {{ ref('int_learning360__slots') }} as slots
        on stated.source_relation = slots.source_relation and stated.slot_id = slots.slot_id
    where stated.timezone <> slots.time_zone
    group by stated.source_relation
    union all
    select source_relation, 'classroom_slots.reportedDuration', count(*), min(slot_id)
    from {{ ref('stg_learning360__classroom_slots') }}
    where reported_hours is not null and {{ slot_duration('reported_hours * 3600000') }} is null
    group by source_relation
    union all
    select source_relation, 'classroom_slots.endDate', count(*), min(slot_id)
    from {{ ref('stg_learning360__classroom_slots') }}
    where start_at is not null and end_at is not null and {{ slot_duration(milliseconds_between('start_at', 'end_at')) }} is null
    group by source_relation
    union all
    select filled.source_relation, 'path_session_custom_field_values.value', count(*), min(filled.value)
    from {{ ref('stg_learning360__path_session_custom_field_values') }} as filled
    inner join {{ ref('stg_learning360__custom_fields') }} as fields
        on filled.source_relation = fields.source_relation and filled.custom_field_id = fields.custom_field_id
    left join {{ ref('int_learning360__sessions') }} as sessions
        on filled.source_relation = sessions.source_relation and filled.session_id = sessions.session_id
    where
        (
            {{ listed('filled.custom_field_id', 'fields.name', var('learning360_satisfaction_field')) }} and sessions.satisfaction_hundredths is null
            or {{ listed('filled.custom_field_id', 'fields.name', var('learning360_recommendation_field')) }} and sessions.recommendation_hundredths is null
        )
        and filled.value is not null and sessions.session_id is not null
    group by filled.source_relation
    union all
    select source_relation, 'learning360_custom_fields.headcount', count(*), min(headcount_text)
    from {{ ref('int_learning360__learners') }}
    where headcount_text is not null and headcount is null
    group by source_relation
    union all
    select source_relation, 'feedback.score', count(*), min(answer_id)
    from {{ ref('int_learning360__feedback') }}
    where is_off_scale
    group by source_relation
    union all
    select source_relation, 'webhook_events.payload', count(*), min(event_id)
    from {{ ref('stg_learning360__deletions') }}
    where object_id is null
    group by source_relation
    union all
    select filled.source_relation, 'user_custom_field_values.value', count(*), min(filled.value)
    from {{ ref('stg_learning360__user_custom_field_values') }} as filled
    inner join {{ ref('int_learning360__custom_fields') }} as fields
        on filled.source_relation = fields.source_relation and filled.custom_field_id = fields.custom_field_id
    where fields.data_type = 'date' and filled.value is not null and {{ day_of_text('filled.value') }} is null
    group by filled.source_relation
),

unreadable_values as (
    select
        source_relation, 'warning' as level, 'value that cannot be read' as kind, place, rows_affected, example,
        'cannot be read in ' || cast(rows_affected as text) || ' rows, such as ' || coalesce(example, '?') || ': NULL or left out' as message
    from unreadable
),

current_sheets as (
    {{ read_last('stg_learning360__attendance_sheets', 'slot_id') }}
),

current_lines as (
    {{ read_last('stg_learning360__attendances', 'sheet_id') }}
),

-- A learner counts once on a sheet and once in a slot.
lines as (
    select source_relation, sheet_id, user_id, count(*) - 1 as repeats
    from current_lines
    group by source_relation, sheet_id, user_id
    having count(*) > 1
),

places as (
    select source_relation, slot_id, user_id, count(*) - 1 as repeats
    from {{ ref('stg_learning360__classroom_registrations') }}
    where archived_at is null and coalesce(status, '') <> 'archived'
    group by source_relation, slot_id, user_id
    having count(*) > 1
),

repeated as (
    select
        source_relation, 'warning' as level, 'repeated row' as kind, 'attendances' as place, sum(repeats) as rows_affected,
        min(sheet_id) as example, 'a learner is several times on one sheet, such as ' || min(sheet_id) || ': one line counts, present before others' as message
    from lines
    group by source_relation
    union all
    select
        source_relation, 'warning', 'repeated row', 'classroom_registrations', sum(repeats),
        min(slot_id), 'a learner has several registrations to one slot, such as ' || min(slot_id) || ': one counts'
    from places
    group by source_relation
),

-- What other lists no longer have.
gone as (
    select
        plain.source_relation, 'path_enrollments' as place, count(*) as rows_affected, min(plain.enrollment_id) as example,
        'is not in path_stats' as reason
    from {{ ref('stg_learning360__path_enrollments') }} as plain
    left join {{ ref('stg_learning360__path_stats') }} as stats
        on plain.source_relation = stats.source_relation and plain.enrollment_id = stats.enrollment_id
    where stats.enrollment_id is null
    group by plain.source_relation
    union all
    select sheets.source_relation, 'attendance_sheets', count(*), min(sheets.sheet_id), 'is gone, or its slot is'
    from {{ ref('stg_learning360__attendance_sheets') }} as sheets
    left join {{ ref('stg_learning360__classroom_slots') }} as slots
        on sheets.source_relation = slots.source_relation and sheets.slot_id = slots.slot_id
    left join current_sheets as there
        on sheets.source_relation = there.source_relation and sheets.sheet_id = there.sheet_id
    where slots.slot_id is null or there.sheet_id is null
    group by sheets.source_relation
    union all
    select registrations.source_relation, 'classroom_registrations', count(*), min(registrations.registration_id), 'has a slot that is gone'
    from {{ ref('stg_learning360__classroom_registrations') }} as registrations
    left join {{ ref('stg_learning360__classroom_slots') }} as there
        on registrations.source_relation = there.source_relation and registrations.slot_id = there.slot_id
    where there.slot_id is null
    group by registrations.source_relation
    union all
    select filled.source_relation, 'user_custom_field_values', count(*), min(filled.custom_field_id), 'has a custom field or a user that is gone'
    from {{ ref('stg_learning360__user_custom_field_values') }} as filled
    left join {{ ref('stg_learning360__custom_fields') }} as there
        on filled.source_relation = there.source_relation and filled.custom_field_id = there.custom_field_id
    left join {{ ref('stg_learning360__users') }} as users
        on filled.source_relation = users.source_relation and filled.user_id = users.user_id
    where there.custom_field_id is null or users.user_id is null
    group by filled.source_relation
    union all
    select source_relation, 'path_stats', count(*), min(session_id), 'has a session that is not in path_sessions: its timing is unknown'
    from {{ ref('int_learning360__enrollments') }}
    where timing = 'unknown'
    group by source_relation
    union all
    select source_relation, stream, count(*), min(object_id), 'was deleted, as the log of webhook events says'
    from {{ ref('learning360__deletions') }}
    where is_left_out
    group by source_relation, stream
),

gone_rows as (
    select
        source_relation, 'note' as level, 'gone' as kind, place, rows_affected, example,
        'such as ' || coalesce(example, '?') || ', ' || reason as message
    from gone
),

-- Streams that marts would use.
missing as (
    {%- for stream in optional %}
    select
        source_relation, 'note' as level, 'stream not synced' as kind, '{{ stream }}' as place, 0 as rows_affected, cast(null as text) as example,
        'is not synced: what it holds is NULL' as message
    from accounts
    where not ({{ is_synced(stream, "source_relation") }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ambiguous as (
    select
        source_relation, 'warning' as level, 'several values' as kind, 'learning360_group_roles.' || role as place,
        count(distinct user_id) as rows_affected, min(user_id) as example,
        'learners have several such groups, such as ' || min(user_id) || ': the one of the primary group counts, else the first by name' as message
    from (
        select source_relation, user_id, role from {{ ref('int_learning360__group_roles') }}
        group by source_relation, user_id, role
        having count(distinct value) > 1
    ) as several
    group by source_relation, role
),

-- Answers whose learner or training is not found; the place is the file that they come from.
unmatched_answers as (
    select
        source_relation, 'warning' as level, 'answer without match' as kind, 'feedback' || coalesce('.' || source_file, '') as place,
        count(*) as rows_affected, min(coalesce('line ' || cast(source_line as text), answer_id)) as example,
        case problem
            when 'no training' then 'the account has no such slot, session, course or path, or several of that name: left out'
            when 'no learner' then 'the account has no such learner: counts without learner'
            else 'the learner is not in that training: counts without training'
        end || ', ' || cast(count(*) as text) || ' answers, such as ' || min(coalesce('line ' || cast(source_line as text), answer_id)) as message
    from {{ ref('int_learning360__feedback') }}
    where problem is not null
    group by source_relation, source_file, problem
),

-- Values of the role `kind` that no kind of trainee has.
kinds as (
    select
        source_relation, 'warning' as level, 'value without kind' as kind, 'learning360_trainee_kinds' as place, count(*) as rows_affected,
        min(kind) as example,
        'names no kind of trainee for ' || min(kind) || ' and other values of ' || cast(count(*) as text) || ' clients: they count as unknown' as message
    from {{ ref('int_learning360__learners') }}
    where is_client and kind is not null and {{ trainee_kind('kind') }} = 'unknown'
    group by source_relation
),

left_out as (
    select
        source_relation, 'warning' as level, 'column left out' as kind, 'learning360__learner_custom_fields' as place,
        count(*) - {{ most_columns() or 0 }} as rows_affected, max(field_name) as example,
        'there are more custom fields than a table of this database can have as columns; all values are in stg_learning360__user_custom_field_values' as message
    from {{ ref('int_learning360__custom_fields') }}
    group by source_relation
    having {{ 'count(*) > ' ~ most_columns() if most_columns() else 'false' }}
),

everything as (
    {%- for part in ['names', 'unreadable_values', 'repeated', 'gone_rows', 'missing', 'ambiguous', 'unmatched_answers', 'kinds', 'left_out'] %}
    select * from {{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source_relation,
    cast(level as text) as level,
    cast(kind as text) as kind,
    cast(place as text) as place,
    cast(rows_affected as bigint) as rows_affected,
    cast(example as text) as example,
    cast(place || ': ' || message || '.' as text) as message
from everything
