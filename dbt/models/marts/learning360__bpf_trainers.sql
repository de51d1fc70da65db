{{ mart() }}
-- Slots that took place: past ones with a learner present on a sheet or marked as attended.
with held as (
    select
        slots.source_relation,
        slots.slot_id,
        {{ fiscal_year('cast(slots.start_local as date)') }} as year,
        slots.duration_ms,
        coalesce(slots.duration_ms, 0) as known_ms,
        slots.is_virtual,
        figures.signed_sheets > 0 as is_signed
    from {{ ref('int_learning360__slots') }} as slots
    inner join {{ ref('int_learning360__slot_figures') }} as figures
        on slots.source_relation = figures.source_relation and slots.slot_id = figures.slot_id
    where
        slots.timing = 'past' and slots.start_local is not null
        and (figures.attended > 0 or figures.signed_present > 0)
)

select
    held.source_relation,
    held.year,
    trainers.user_id as trainer_id,
    {{ known('max(trainers.display_name)') }} as trainer,
    count(*) as slots,
    {{ hours('sum(held.known_ms)') }} as hours,
    {{ hours('sum(case when not held.is_virtual then held.known_ms else 0 end)') }} as in_person_hours,
    {{ hours('sum(case when held.is_signed then held.known_ms else 0 end)') }} as signed_hours,
    count(*) - count(held.duration_ms) as slots_without_hours
from held
left join {{ ref('int_learning360__slot_trainers') }} as trainers
    on held.source_relation = trainers.source_relation and held.slot_id = trainers.slot_id
group by held.source_relation, held.year, trainers.user_id
