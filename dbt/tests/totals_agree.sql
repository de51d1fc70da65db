-- What several marts count must be the same everywhere.
with counts as (
    select
        overview.clients_trained,
        (select coalesce(sum(clients_trained), 0) from {{ ref('kpi_clients_trained') }}) as trained_by_month,
        overview.enrolments,
        (select coalesce(sum(enrolments), 0) from {{ ref('kpi_enrolments') }}) as enrolments_by_agency,
        (select count(*) from {{ ref('france_num_report') }} where training_kind = 'path' and not is_archived) as enrolments_in_report,
        overview.in_person_slots,
        (select count(*) from {{ ref('in_person_training') }}) as slots_in_table,
        overview.registrations,
        (select coalesce(sum(registered), 0) from {{ ref('kpi_slot_fill') }}) as registrations_by_slot,
        overview.clients_enrolled,
        (select coalesce(sum(learners), 0) from {{ ref('kpi_learner_breakdown') }} where dimension = 'region') as learners_by_region
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
