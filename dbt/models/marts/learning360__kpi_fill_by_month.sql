{{ mart() }}
with counted as (
    select
        slots.source_relation,
        {{ month_of('coalesce(slots.start_local, slots.end_local)') }} as month,
        slots.timing,
        count(*) as slots,
        count(slots.limited_capacity) as limited_slots,
        coalesce(sum(slots.limited_capacity), 0) as capacity,
        coalesce(sum(case when slots.limited_capacity is not null then figures.registered end), 0) as registered,
        coalesce(sum(case when slots.limited_capacity is not null then figures.declined end), 0) as declined
    from {{ ref('int_learning360__slots') }} as slots
    inner join {{ ref('int_learning360__slot_figures') }} as figures
        on slots.source_relation = figures.source_relation and slots.slot_id = figures.slot_id
    where slots.start_local is not null or slots.end_local is not null
    group by slots.source_relation, {{ month_of('coalesce(slots.start_local, slots.end_local)') }}, slots.timing
)

select
    source_relation,
    month,
    timing,
    cast(slots as bigint) as slots,
    cast(limited_slots as bigint) as limited_slots,
    cast(capacity as bigint) as capacity,
    cast(registered as bigint) as registered,
    cast(declined as bigint) as declined,
    {{ rate('registered', 'capacity') }} as fill_rate,
    {{ rate('registered - declined', 'capacity') }} as fill_rate_without_declined
from counted
