-- Answers with the learner and the training that they are about. The most precise of slot, session, course and path that
-- the account has counts, by id before name; of several with one name the one that is a training of the learner.
{%- set programme = names_of(var('learning360_programme_paths')) %}
{%- set in_programme = listed('paths.path_id', 'paths.name', programme) if programme else 'true' %}
{%- set places = {'slot': 1, 'session': 2, 'course': 3, 'path': 4} %}
with answers as (
    select *, {{ normal_form('user_email') }} as email_form
    from {{ ref('stg_learning360__feedback') }}
    where {{ was_there('answered_at') }}
),

-- Of several users with one address a user that is not deleted comes first.
addresses as (
    select source_relation, user_id, form
    from (
        select
            source_relation,
            user_id,
            {{ normal_form('email') }} as form,
            row_number() over (
                partition by source_relation, {{ normal_form('email') }}
                order by case when status = 'deleted' then 2 else 1 end, user_id
            ) as choice
        from {{ ref('int_learning360__learners') }}
        where email is not null
    ) as users_of_address
    where choice = 1
),

people as (
    select
        answers.source_relation,
        answers.answer_id,
        answers.answered_at,
        answers.user_id is not null or answers.user_email is not null as is_named,
        coalesce(by_id.user_id, addresses.user_id) as user_id
    from answers
    left join {{ ref('int_learning360__learners') }} as by_id
        on answers.source_relation = by_id.source_relation and answers.user_id = by_id.user_id
    left join addresses on answers.source_relation = addresses.source_relation and answers.email_form = addresses.form
),

wanted as (
    {%- for place, position in places.items() %}
    select source_relation, answer_id, '{{ place }}' as place, {{ position }} as position, {{ place }}_id as id, {{ normal_form(place ~ '_name') }} as form
    from answers
    where {{ place }}_id is not null or {{ place }}_name is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

targets as (
    select source_relation, 'slot' as place, slot_id as id, {{ normal_form('name') }} as form from {{ ref('stg_learning360__classroom_slots') }}
    union all
    select source_relation, 'session', session_id, {{ normal_form('name') }} from {{ ref('stg_learning360__path_sessions') }}
    union all
    select source_relation, 'course', course_id, {{ normal_form('name') }} from {{ ref('stg_learning360__courses') }}
    union all
    select source_relation, 'path', path_id, {{ normal_form('name') }} from {{ ref('stg_learning360__paths') }}
),

found as (
    select wanted.source_relation, wanted.answer_id, wanted.place, wanted.position, 1 as by_name, targets.id
    from wanted
    inner join targets
        on wanted.source_relation = targets.source_relation and wanted.place = targets.place and wanted.id = targets.id
    union all
    select wanted.source_relation, wanted.answer_id, wanted.place, wanted.position, 2 as by_name, targets.id
    from wanted
    inner join targets
        on wanted.source_relation = targets.source_relation and wanted.place = targets.place and wanted.form = targets.form
),

-- The candidates of the best kind.
candidates as (
    select
        *,
        count(*) over (partition by source_relation, answer_id) as several
    from (
        select
            *,
            rank() over (partition by source_relation, answer_id order by position, by_name) as choice
        from found
    ) as ranked
    where choice = 1
),

paths_named as (
    select source_relation, answer_id, min(id) as path_id from found where place = 'path' group by source_relation, answer_id
),

own as (
    select source_relation, user_id, 'slot' as place, slot_id as id, training_id from {{ ref('int_learning360__registrations') }} where is_client
    union all
    select source_relation, user_id, 'slot', slot_id, training_id from {{ ref('int_learning360__attendances') }} where is_client
    union all
    select source_relation, user_id, 'session', session_id, enrollment_id
    from {{ ref('int_learning360__enrollments') }}
    where is_client and is_current
    union all
    select source_relation, user_id, 'path', path_id, enrollment_id from {{ ref('int_learning360__enrollments') }} where is_client
    union all
    select source_relation, user_id, 'course', course_id, enrollment_id from {{ ref('int_learning360__training_modules') }}
),

placed as (
    select
        people.source_relation,
        people.answer_id,
        people.user_id,
        people.is_named,
        candidates.place,
        candidates.id,
        candidates.several,
        own.training_id,
        enrollments.session_id,
        enrollments.path_id,
        row_number() over (
            partition by people.source_relation, people.answer_id
            order by
                case when own.training_id is null then 2 else 1 end,
                case when enrollments.path_id = paths_named.path_id then 1 else 2 end,
                coalesce(enrollments.is_archived, false),
                -- The latest enrollment before the answer.
                case when enrollments.enrolled_at > people.answered_at then 2 else 1 end,
                coalesce(enrollments.enrolled_at, {{ first_instant() }}) desc,
                candidates.id,
                own.training_id
        ) as choice
    from people
    left join candidates on people.source_relation = candidates.source_relation and people.answer_id = candidates.answer_id
    left join paths_named on people.source_relation = paths_named.source_relation and people.answer_id = paths_named.answer_id
    left join own
        on people.source_relation = own.source_relation
        and people.user_id = own.user_id
        and candidates.place = own.place
        and candidates.id = own.id
    left join {{ ref('int_learning360__enrollments') }} as enrollments
        on own.source_relation = enrollments.source_relation and own.training_id = enrollments.enrollment_id
),

matched as (
    select
        *,
        case known_place when 'slot' then id end as named_slot_id,
        case known_place when 'session' then id end as named_session_id,
        case known_place when 'course' then id end as named_course_id,
        case known_place when 'path' then id end as named_path_id
    from (
        select *, case when training_id is not null or several = 1 then place end as known_place from placed where choice = 1
    ) as known
),

bounded as (
    select
        source_relation,
        answer_id,
        {{ millionths('score') }} as score,
        {{ millionths('coalesce(scale_min, 0)') }} as lowest,
        {{ millionths('coalesce(scale_max, ' ~ (var('learning360_satisfaction_scale') or 5) ~ ')') }} as highest
    from answers
),

scores as (
    select
        source_relation,
        answer_id,
        {{ whole_part(
            '2 * 10000 * ' ~ whole('score - lowest') ~ ' + ' ~ whole('highest - lowest'), '2 * nullif(' ~ whole('highest - lowest') ~ ', 0)'
        ) }} as points
    from bounded
    where lowest < highest and score between lowest and highest
),

-- The courses of paths, and whether one of these is in the program.
path_courses as (
    select steps.source_relation, steps.course_id, max(case when {{ in_programme }} then 1 else 0 end) = 1 as is_wanted
    from {{ ref('int_learning360__path_courses') }} as steps
    inner join {{ ref('stg_learning360__paths') }} as paths
        on steps.source_relation = paths.source_relation and steps.path_id = paths.path_id
    group by steps.source_relation, steps.course_id
)

select
    answers.source_relation,
    answers.answer_id,
    learners.user_id,
    matched.training_id,
    slots.slot_id,
    sessions.session_id,
    coalesce(sessions.path_id, matched.named_path_id, matched.path_id) as path_id,
    matched.named_course_id as course_id,
    answers.answered_at,
    cast(scores.points as bigint) as points,
    answers.would_recommend,
    answers.comment,
    answers.source_file,
    answers.source_line,
    coalesce(learners.is_client, true)
    and case matched.known_place
        when 'slot' then slots.slot_id is not null
        when 'session' then sessions.session_id is not null
        when 'path' then {{ in_programme }}
        when 'course' then matched.training_id is not null or coalesce(path_courses.is_wanted, true)
        else false
    end as is_counted,
    case
        when matched.known_place is null then 'no training'
        when matched.is_named and learners.user_id is null then 'no learner'
        when learners.is_client and matched.training_id is null then 'not in training'
    end as problem,
    answers.score is not null and scores.points is null as is_off_scale
from answers
inner join matched on answers.source_relation = matched.source_relation and answers.answer_id = matched.answer_id
left join scores on answers.source_relation = scores.source_relation and answers.answer_id = scores.answer_id
left join {{ ref('int_learning360__learners') }} as learners
    on matched.source_relation = learners.source_relation and matched.user_id = learners.user_id
left join {{ ref('int_learning360__slots') }} as slots
    on matched.source_relation = slots.source_relation and matched.named_slot_id = slots.slot_id
left join {{ ref('int_learning360__sessions') }} as sessions
    on matched.source_relation = sessions.source_relation
    and coalesce(slots.session_id, matched.named_session_id, matched.session_id) = sessions.session_id
left join {{ ref('stg_learning360__paths') }} as paths
    on matched.source_relation = paths.source_relation and matched.named_path_id = paths.path_id
left join path_courses
    on matched.source_relation = path_courses.source_relation and matched.named_course_id = path_courses.course_id
