with met as (
    select
        {{ known('slots.group_name') }} as group_name,
        {{ known('registrations.region') }} as region,
        count(distinct slots.slot_id) as slots,
        count(registrations.registration_id) as registered,
        coalesce(sum(registrations.score), 0) as score_sum,
        count(registrations.score) as scores,
        coalesce(sum(case when registrations.registration_id is not null then slots.satisfaction_hundredths end), 0) as satisfaction_sum,
        count(case when registrations.registration_id is not null then slots.satisfaction_hundredths end) as satisfactions
    from {{ ref('int_slots') }} as slots
    left join {{ ref('int_registrations') }} as registrations on slots.slot_id = registrations.slot_id
    where not slots.is_virtual
    group by 1, 2
),

signed as (
    select
        {{ known('slots.group_name') }} as group_name,
        {{ known('lines.region') }} as region,
        count(*) as signed_lines,
        sum(case when lines.is_present then 1 else 0 end) as signed_present
    from {{ ref('int_attendances') }} as lines
    inner join {{ ref('int_slots') }} as slots on lines.slot_id = slots.slot_id
    where lines.is_signed and not lines.is_virtual
    group by 1, 2
)

select
    coalesce(met.group_name, signed.group_name) as group_name,
    coalesce(met.region, signed.region) as region,
    cast(coalesce(met.slots, 0) as bigint) as slots,
    cast(coalesce(met.registered, 0) as bigint) as registered,
    cast(coalesce(signed.signed_lines, 0) as bigint) as signed_lines,
    cast(coalesce(signed.signed_present, 0) as bigint) as signed_present,
    {{ rate('signed.signed_present', 'signed.signed_lines') }} as attendance_rate,
    {{ average('met.score_sum', 'met.scores') }} as average_score,
    {{ ratio('met.satisfaction_sum', '100 * met.satisfactions', 2, 9) }} as satisfaction
from met
full join signed on met.group_name = signed.group_name and met.region = signed.region
