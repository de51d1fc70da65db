{{ mart() }}
with accounts as (
    {{ accounts() }}
),

loaded as (
    select source_relation, max(extracted_at) as loaded_at from {{ ref('stg_learning360__users') }} group by source_relation
),

people as (
    select source_relation, count(*) as users, count(case when is_client then 1 end) as clients
    from {{ ref('int_learning360__learners') }}
    group by source_relation
),

-- A sum over enrollments of which some are unknown at `as_of` is unknown.
enrolled as (
    select
        source_relation,
        count(distinct case when not is_archived then user_id end) as clients_enrolled,
        count(distinct case when completed_at is not null then user_id end) as clients_trained,
        count(case when not is_archived then 1 end) as enrolments,
        count(case when not is_archived and completed_at is not null then 1 end) as enrolments_completed,
        case
            when count(case when not is_archived and completed_at is not null and is_unknown then 1 end) = 0
                then count(case when not is_archived and completed_at is not null and status = 'successful' then 1 end)
        end as enrolments_successful,
        case when count(case when is_unknown then 1 end) = 0 then sum(time_ms) end as time_ms,
        case when count(case when not is_archived and is_unknown then 1 end) = 0 then sum(case when not is_archived then score end) end as score_sum,
        count(case when not is_archived then score end) as scores,
        {{ local_date('min(enrolled_at)') }} as first_date
    from {{ ref('int_learning360__enrollments') }}
    where is_client
    group by source_relation
),

-- Slots that have begun and slots to come are not mixed in one rate.
slots as (
    select
        slots.source_relation,
        count(*) as slots,
        count(case when not slots.is_virtual then 1 end) as in_person_slots,
        sum(figures.registered) as registrations,
        sum(figures.declined) as declined,
        sum(case when slots.timing in ('past', 'running') then slots.limited_capacity else 0 end) as capacity,
        sum(case when slots.timing in ('past', 'running') and slots.limited_capacity is not null then figures.registered else 0 end) as filled,
        sum(
            case when slots.timing in ('past', 'running') and slots.limited_capacity is not null then figures.registered - figures.declined else 0 end
        ) as filled_without_declined,
        sum(case when slots.timing = 'coming' then slots.limited_capacity else 0 end) as capacity_coming,
        sum(case when slots.timing = 'coming' and slots.limited_capacity is not null then figures.registered else 0 end) as filled_coming,
        sum(
            case when slots.timing = 'coming' and slots.limited_capacity is not null then figures.registered - figures.declined else 0 end
        ) as filled_coming_without_declined,
        sum(case when slots.timing = 'past' and figures.attendance_recorded > 0 then figures.attended else 0 end) as attended,
        sum(case when slots.timing = 'past' and figures.attendance_recorded > 0 then figures.registered else 0 end) as recorded,
        sum(figures.signed_lines) as signed_lines,
        sum(figures.signed_present) as signed_present,
        sum(figures.waitlisted) as waitlisted,
        cast(min(slots.start_local) as date) as first_date
    from {{ ref('int_learning360__slots') }} as slots
    inner join {{ ref('int_learning360__slot_figures') }} as figures
        on slots.source_relation = figures.source_relation and slots.slot_id = figures.slot_id
    group by slots.source_relation
),

answered as (
    select
        source_relation,
        count(*) as answers,
        sum(points) as points,
        count(points) as rated,
        sum({{ counted('would_recommend') }}) as recommended,
        count(would_recommend) as recommendations
    from {{ ref('int_learning360__feedback') }}
    where is_counted
    group by source_relation
),

-- The second source: the custom fields of sessions.
fields as (
    select
        source_relation,
        sum(satisfaction_hundredths) as satisfaction_hundredths,
        count(satisfaction_hundredths) as satisfactions,
        sum(recommendation_hundredths) as recommendation_hundredths,
        count(recommendation_hundredths) as recommendations
    from {{ ref('int_learning360__sessions') }}
    group by source_relation
)

select
    accounts.source_relation,
    {{ as_of() }} as as_of,
    {{ local_time(as_of()) }} as as_of_local,
    loaded.loaded_at,
    {{ local_time('loaded.loaded_at') }} as loaded_local,
    least(enrolled.first_date, slots.first_date) as period_start_date,
    {{ local_date(as_of()) }} as period_end_date,
    cast(coalesce(people.users, 0) as bigint) as users,
    cast(coalesce(people.clients, 0) as bigint) as clients,
    cast(coalesce(enrolled.clients_enrolled, 0) as bigint) as clients_enrolled,
    cast(coalesce(enrolled.clients_trained, 0) as bigint) as clients_trained,
    cast(coalesce(enrolled.enrolments, 0) as bigint) as enrolments,
    cast(coalesce(enrolled.enrolments_completed, 0) as bigint) as enrolments_completed,
    cast(case when enrolled.source_relation is null then 0 else enrolled.enrolments_successful end as bigint) as enrolments_successful,
    {{ rate('enrolled.enrolments_completed', 'enrolled.enrolments') }} as completion_rate,
    {{ hours('case when enrolled.source_relation is null then 0 else enrolled.time_ms end') }} as training_hours,
    {{ average('enrolled.score_sum', 'enrolled.scores') }} as average_score,
    cast(coalesce(slots.slots, 0) as bigint) as slots,
    cast(coalesce(slots.in_person_slots, 0) as bigint) as in_person_slots,
    cast(coalesce(slots.registrations, 0) as bigint) as registrations,
    cast(coalesce(slots.declined, 0) as bigint) as registrations_declined,
    cast(coalesce(slots.capacity, 0) as bigint) as capacity,
    {{ rate('slots.filled', 'slots.capacity') }} as fill_rate,
    {{ rate('slots.filled_without_declined', 'slots.capacity') }} as fill_rate_without_declined,
    cast(coalesce(slots.capacity_coming, 0) as bigint) as capacity_coming,
    {{ rate('slots.filled_coming', 'slots.capacity_coming') }} as fill_rate_coming,
    {{ rate('slots.filled_coming_without_declined', 'slots.capacity_coming') }} as fill_rate_without_declined_coming,
    {{ rate('slots.attended', 'slots.recorded') }} as attended_rate,
    {{ rate('slots.signed_present', 'slots.signed_lines') }} as attendance_rate,
    cast(case when {{ is_synced('classroom_slot_waitlist', 'accounts.source_relation') }} then coalesce(slots.waitlisted, 0) end as bigint) as waitlisted,
    cast(case when {{ is_synced('feedback', 'accounts.source_relation') }} then coalesce(answered.answers, 0) end as bigint) as answers,
    case
        when answered.rated > 0 then {{ percentage('answered.points', 'answered.rated') }}
        else {{ ratio('fields.satisfaction_hundredths', (var('learning360_satisfaction_scale') or 5) ~ ' * fields.satisfactions', 2, 9) }}
    end as satisfaction_percent,
    case
        when answered.recommendations > 0 then {{ rate('answered.recommended', 'answered.recommendations') }}
        else {{ rate('fields.recommendation_hundredths', '10000 * fields.recommendations') }}
    end as recommendation_rate
from accounts
left join loaded on accounts.source_relation = loaded.source_relation
left join people on accounts.source_relation = people.source_relation
left join enrolled on accounts.source_relation = enrolled.source_relation
left join slots on accounts.source_relation = slots.source_relation
left join answered on accounts.source_relation = answered.source_relation
left join fields on accounts.source_relation = fields.source_relation
