{{ mart() }}
with met as (
    select
        slots.source_relation,
        {{ known('slots.group_name') }} as group_name,
        {{ known('registrations.region') }} as region,
        count(distinct slots.slot_id) as slots,
        count(registrations.registration_id) as registered,
        case when count(case when registrations.is_score_unknown then 1 end) = 0 then coalesce(sum(registrations.score), 0) end as score_sum,
        count(registrations.score) as scores,
        coalesce(sum(case when registrations.registration_id is not null then slots.satisfaction_hundredths end), 0) as satisfaction_sum,
        count(case when registrations.registration_id is not null then slots.satisfaction_hundredths end) as satisfactions
    from {{ ref('int_learning360__slots') }} as slots
    left join {{ ref('int_learning360__registrations') }} as registrations
        on slots.source_relation = registrations.source_relation and slots.slot_id = registrations.slot_id
    where not slots.is_virtual
    group by 1, 2, 3
),

signed as (
    select
        lines.source_relation,
        {{ known('slots.group_name') }} as group_name,
        {{ known('lines.region') }} as region,
        count(*) as signed_lines,
        sum(case when lines.is_present then 1 else 0 end) as signed_present
    from {{ ref('int_learning360__attendances') }} as lines
    inner join {{ ref('int_learning360__slots') }} as slots
        on lines.source_relation = slots.source_relation and lines.slot_id = slots.slot_id
    where lines.is_signed and not lines.is_virtual
    group by 1, 2, 3
),

-- Answers of learners about in-person slots.
answered as (
    select
        answers.source_relation,
        {{ known('slots.group_name') }} as group_name,
        {{ known('learners.region') }} as region,
        count(*) as answers,
        sum(answers.points) as points,
        count(answers.points) as rated,
        sum({{ counted('answers.would_recommend') }}) as recommended,
        count(answers.would_recommend) as recommendations
    from {{ ref('int_learning360__feedback') }} as answers
    inner join {{ ref('int_learning360__slots') }} as slots
        on answers.source_relation = slots.source_relation and answers.slot_id = slots.slot_id
    left join {{ ref('int_learning360__learners') }} as learners
        on answers.source_relation = learners.source_relation and answers.user_id = learners.user_id
    where answers.is_counted and not slots.is_virtual
    group by 1, 2, 3
),

cells as (
    select source_relation, group_name, region from met
    union
    select source_relation, group_name, region from signed
    union
    select source_relation, group_name, region from answered
)

select
    cells.source_relation,
    cells.group_name,
    cells.region,
    cast(coalesce(met.slots, 0) as bigint) as slots,
    cast(coalesce(met.registered, 0) as bigint) as registered,
    cast(coalesce(signed.signed_lines, 0) as bigint) as signed_lines,
    cast(coalesce(signed.signed_present, 0) as bigint) as signed_present,
    {{ rate('signed.signed_present', 'signed.signed_lines') }} as attendance_rate,
    {{ average('met.score_sum', 'met.scores') }} as average_score,
    case
        when answered.rated > 0 then {{ mark('answered.points', 'answered.rated') }}
        else {{ ratio('met.satisfaction_sum', '100 * met.satisfactions', 2, 9) }}
    end as satisfaction,
    cast(case when {{ is_synced('feedback', 'cells.source_relation') }} then coalesce(answered.answers, 0) end as bigint) as answers,
    {{ rate('answered.recommended', 'answered.recommendations') }} as recommendation_rate
from cells
left join met on cells.source_relation = met.source_relation and cells.group_name = met.group_name and cells.region = met.region
left join signed
    on cells.source_relation = signed.source_relation and cells.group_name = signed.group_name and cells.region = signed.region
left join answered
    on cells.source_relation = answered.source_relation and cells.group_name = answered.group_name and cells.region = answered.region
