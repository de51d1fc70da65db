{{ mart() }}
-- A trainee has hours on the day of a signed half-day, and online hours on the day of `online_date`.
with hours as (
    select
        source_relation, training_id, {{ fiscal_year('cast(start_local as date)') }} as year, is_virtual,
        coalesce({{ shared('duration_ms', 'sheets_of_slot') }}, 0) as shares, 0 as online_ms
    from {{ ref('int_learning360__attendances') }}
    where is_client and is_signed and is_present and start_local is not null
    union all
    select source_relation, training_id, {{ fiscal_year('online_date') }}, true, 0, time_ms
    from {{ ref('int_learning360__trainings') }}
    where online_date is not null and coalesce(time_ms, 1) > 0
),

of_trainings as (
    select
        hours.source_relation,
        hours.year,
        hours.training_id,
        max(case when hours.is_virtual then 1 else 0 end) as is_remote,
        sum(case when not hours.is_virtual then hours.shares else 0 end) as in_person_shares,
        sum(case when hours.is_virtual then hours.shares else 0 end) as virtual_shares,
        -- Unknown if one of them is.
        case when count(hours.online_ms) = count(*) then sum(hours.online_ms) end as online_ms
    from hours
    group by hours.source_relation, hours.year, hours.training_id
),

counted as (
    select
        of_trainings.source_relation,
        of_trainings.year,
        {{ trainee_kind('learners.kind') }} as trainee_kind,
        count(*) as trainees,
        count(distinct trainings.user_id) as persons,
        sum(of_trainings.is_remote) as remote_trainees,
        sum(of_trainings.in_person_shares) as in_person_shares,
        sum(of_trainings.virtual_shares) as virtual_shares,
        case when count(of_trainings.online_ms) = count(*) then sum(of_trainings.online_ms) end as online_ms
    from of_trainings
    inner join {{ ref('int_learning360__trainings') }} as trainings
        on of_trainings.source_relation = trainings.source_relation and of_trainings.training_id = trainings.training_id
    inner join {{ ref('int_learning360__learners') }} as learners
        on trainings.source_relation = learners.source_relation and trainings.user_id = learners.user_id
    group by of_trainings.source_relation, of_trainings.year, {{ trainee_kind('learners.kind') }}
)

select
    counted.source_relation,
    counted.year,
    cast(counted.trainee_kind as text) as trainee_kind,
    cast(coalesce(labels.label, counted.trainee_kind) as text) as trainee_kind_label,
    cast(counted.trainees as bigint) as trainees,
    cast(counted.persons as bigint) as persons,
    cast(counted.remote_trainees as bigint) as remote_trainees,
    {{ hours_of_shares('counted.in_person_shares') }} as in_person_hours,
    {{ hours_of_shares('counted.virtual_shares') }} as virtual_hours,
    {{ hours('counted.online_ms') }} as online_hours,
    {{ hours_of_shares('counted.in_person_shares + counted.virtual_shares + ' ~ whole('counted.online_ms') ~ ' * ' ~ share_parts()) }} as trainee_hours
from counted
left join {{ ref('learning360__labels') }} as labels on counted.trainee_kind = labels.code and labels.kind = 'trainee_kind'
