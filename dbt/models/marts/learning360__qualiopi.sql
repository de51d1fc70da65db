{{ mart() }}
-- Trainings by the year of their enrollment, else of their first day.
with trainings as (
    select
        *,
        {{ fiscal_year('coalesce(' ~ local_date('enrolled_at') ~ ', start_date)') }} as year,
        training_kind = 'path' as is_path,
        -- Begun, not completed, and over: the session has ended or the enrollment was archived.
        training_kind = 'path' and has_begun and completed_at is null and (is_archived or timing = 'past') as is_dropped
    from {{ ref('int_learning360__trainings') }}
),

sheets as (
    select source_relation, training_id, count(*) as lines, sum({{ counted('is_present') }}) as present
    from {{ ref('int_learning360__attendances') }}
    where is_client and is_signed
    group by source_relation, training_id
),

answered as (
    select
        source_relation,
        training_id,
        count(*) as answers,
        sum(points) as points,
        count(points) as rated,
        sum({{ counted('would_recommend') }}) as recommended,
        count(would_recommend) as recommendations
    from {{ ref('int_learning360__feedback') }}
    where is_counted and training_id is not null
    group by source_relation, training_id
),

summed as (
    select
        trainings.source_relation,
        trainings.year,
        trainings.training_kind,
        coalesce(trainings.path_id, trainings.classroom_id) as taught_id,
        max(trainings.training_name) as training_name,
        count(*) as trainees,
        count(distinct trainings.user_id) as persons,
        sum({{ counted('trainings.has_begun') }}) as begun,
        sum({{ counted('trainings.completed_at is not null') }}) as completed,
        sum({{ counted('trainings.is_dropped') }}) as dropped,
        case
            when count(case when trainings.completed_at is not null and trainings.is_unknown then 1 end) = 0
                then sum({{ counted("trainings.completed_at is not null and coalesce(trainings.status = 'successful', false)") }})
        end as successful,
        case when count(case when trainings.is_unknown then 1 end) = 0 then sum(trainings.score) end as score_sum,
        count(trainings.score) as scores,
        sum(sheets.lines) as signed_lines,
        sum(sheets.present) as signed_present,
        count(answered.answers) as answered,
        sum(answered.answers) as answers,
        sum(answered.points) as points,
        sum(answered.rated) as rated,
        sum(answered.recommended) as recommended,
        sum(answered.recommendations) as recommendations,
        max(case when trainings.is_path then 1 else 0 end) = 1 as is_path
    from trainings
    left join sheets on trainings.source_relation = sheets.source_relation and trainings.training_id = sheets.training_id
    left join answered on trainings.source_relation = answered.source_relation and trainings.training_id = answered.training_id
    where trainings.year is not null
    group by
        trainings.source_relation, trainings.year, trainings.training_kind, coalesce(trainings.path_id, trainings.classroom_id)
)

{%- set synced = is_synced('feedback', 'source_relation') %}
select
    source_relation,
    year,
    cast(training_kind as text) as training_kind,
    taught_id,
    training_name,
    cast(trainees as bigint) as trainees,
    cast(persons as bigint) as persons,
    cast(begun as bigint) as begun,
    cast(case when is_path then completed end as bigint) as completed,
    {{ rate('case when is_path then completed end', 'trainees') }} as completion_rate,
    cast(case when is_path then dropped end as bigint) as dropped,
    {{ rate('case when is_path then dropped end', 'begun') }} as dropout_rate,
    cast(case when is_path then successful end as bigint) as successful,
    {{ rate('case when is_path then successful end', 'completed') }} as success_rate,
    {{ average('score_sum', 'scores') }} as average_score,
    cast(coalesce(signed_lines, 0) as bigint) as signed_lines,
    cast(coalesce(signed_present, 0) as bigint) as signed_present,
    {{ rate('signed_present', 'signed_lines') }} as attendance_rate,
    cast(case when {{ synced }} then coalesce(answers, 0) end as bigint) as answers,
    {{ rate('case when ' ~ synced ~ ' then answered end', 'trainees') }} as response_rate,
    {{ percentage('points', 'rated') }} as satisfaction_percent,
    {{ rate('recommended', 'recommendations') }} as recommendation_rate
from summed
