with people as (
    select count(*) as users, count(case when is_client then 1 end) as clients from {{ ref('int_learners') }}
),

enrolled as (
    select
        count(distinct case when not is_archived then user_id end) as clients_enrolled,
        count(distinct case when completed_at is not null then user_id end) as clients_trained,
        count(case when not is_archived then 1 end) as enrolments,
        count(case when not is_archived and completed_at is not null then 1 end) as enrolments_completed,
        count(case when not is_archived and completed_at is not null and status = 'successful' then 1 end) as enrolments_successful,
        coalesce(sum(time_ms), 0) as time_ms,
        coalesce(sum(case when not is_archived then score end), 0) as score_sum,
        count(case when not is_archived then score end) as scores,
        min(enrolled_at) as first_at
    from {{ ref('int_enrollments') }}
    where is_client
),

slots as (
    select
        count(*) as slots,
        count(case when not slots.is_virtual then 1 end) as in_person_slots,
        coalesce(sum(figures.registered), 0) as registrations,
        coalesce(sum(case when slots.capacity > 0 then slots.capacity end), 0) as capacity,
        coalesce(sum(case when slots.capacity > 0 then figures.registered end), 0) as registered_of_capacity,
        coalesce(sum(case when slots.timing = 'past' and figures.attendance_recorded > 0 then figures.attended end), 0) as attended,
        coalesce(sum(case when slots.timing = 'past' and figures.attendance_recorded > 0 then figures.registered end), 0) as recorded,
        coalesce(sum(figures.signed_lines), 0) as signed_lines,
        coalesce(sum(figures.signed_present), 0) as signed_present,
        coalesce(sum(figures.waitlisted), 0) as waitlisted,
        min(slots.start_at) as first_at
    from {{ ref('int_slots') }} as slots
    inner join {{ ref('int_slot_figures') }} as figures on slots.slot_id = figures.slot_id
)

select
    {{ as_of() }} as as_of,
    (select max(accounts.extracted_at) from {{ ref('stg_users') }} as accounts) as loaded_at,
    {{ local_date('least(enrolled.first_at, slots.first_at)') }} as period_start_date,
    {{ local_date(as_of()) }} as period_end_date,
    cast(people.users as bigint) as users,
    cast(people.clients as bigint) as clients,
    cast(enrolled.clients_enrolled as bigint) as clients_enrolled,
    cast(enrolled.clients_trained as bigint) as clients_trained,
    cast(enrolled.enrolments as bigint) as enrolments,
    cast(enrolled.enrolments_completed as bigint) as enrolments_completed,
    cast(enrolled.enrolments_successful as bigint) as enrolments_successful,
    {{ rate('enrolled.enrolments_completed', 'enrolled.enrolments') }} as completion_rate,
    {{ hours('enrolled.time_ms') }} as training_hours,
    {{ average('enrolled.score_sum', 'enrolled.scores') }} as average_score,
    cast(slots.slots as bigint) as slots,
    cast(slots.in_person_slots as bigint) as in_person_slots,
    cast(slots.registrations as bigint) as registrations,
    cast(slots.capacity as bigint) as capacity,
    {{ rate('slots.registered_of_capacity', 'slots.capacity') }} as fill_rate,
    {{ rate('slots.attended', 'slots.recorded') }} as attended_rate,
    {{ rate('slots.signed_present', 'slots.signed_lines') }} as attendance_rate,
    cast(slots.waitlisted as bigint) as waitlisted
from people
cross join enrolled
cross join slots
