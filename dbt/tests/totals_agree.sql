-- Marts that count the same things must agree.
with counts as (
    select
        overview.clients_trained,
        (select coalesce(sum(months.clients_trained), 0) from {{ ref('kpi_clients_trained') }} as months) as trained_by_month,
        overview.enrolments,
        (select coalesce(sum(cells.enrolments), 0) from {{ ref('kpi_enrolments') }} as cells) as enrolments_by_agency,
        (
            select count(*) from {{ ref('france_num_report') }} as trainings
            where trainings.training_kind = 'path' and not trainings.is_archived
        ) as enrolments_in_report,
        overview.in_person_slots,
        (select count(*) from {{ ref('in_person_training') }}) as slots_in_table,
        overview.registrations,
        (select coalesce(sum(slots.registered), 0) from {{ ref('kpi_slot_fill') }} as slots) as registrations_by_slot,
        overview.clients_enrolled,
        (
            select coalesce(sum(cells.learners), 0) from {{ ref('kpi_learner_breakdown') }} as cells
            where cells.dimension = 'region'
        ) as learners_by_region
    from {{ ref('kpi_overview') }} as overview
)

select * from counts
where
    clients_trained <> trained_by_month
    or enrolments <> enrolments_by_agency
    or enrolments <> enrolments_in_report
    or in_person_slots <> slots_in_table
    or registrations <> registrations_by_slot
    or clients_enrolled <> learners_by_region
