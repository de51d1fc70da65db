-- The counts of each slot.
with registered as (
    select
        source_relation,
        slot_id,
        count(*) as registered,
        sum(case when is_going then 1 else 0 end) as going,
        sum(case when not is_going then 1 else 0 end) as declined,
        sum(case when has_attended then 1 else 0 end) as attended,
        count(has_attended) as attendance_recorded,
        -- Unknown if one of the scores is.
        case when count(case when is_score_unknown then 1 end) = 0 then coalesce(sum(score), 0) end as score_sum,
        count(score) as scores
    from {{ ref('int_learning360__registrations') }}
    group by source_relation, slot_id
),

regions as (
    select source_relation, slot_id, {{ known('region') }} as region, count(*) as registered
    from {{ ref('int_learning360__registrations') }}
    group by source_relation, slot_id, {{ known('region') }}
),

first_regions as (
    select
        source_relation,
        slot_id,
        region,
        row_number() over (partition by source_relation, slot_id order by registered desc, {{ by_bytes('region') }} asc) as place
    from regions
),

waiting as (
    select source_relation, slot_id, count(*) as waitlisted
    from {{ ref('stg_learning360__classroom_slot_waitlist') }}
    where {{ was_there('requested_at') }}
    group by source_relation, slot_id
),

sheets as (
    select source_relation, slot_id, count(*) as sheets, sum(case when is_signed then 1 else 0 end) as signed_sheets
    from {{ ref('int_learning360__sheets') }}
    group by source_relation, slot_id
),

lines as (
    select source_relation, slot_id, count(*) as signed_lines, sum(case when is_present then 1 else 0 end) as signed_present
    from {{ ref('int_learning360__attendances') }}
    where is_signed
    group by source_relation, slot_id
),

-- Answers about the slot, and those about its session without a slot.
answers as (
    select
        source_relation,
        slot_id,
        case when slot_id is null then session_id end as session_id,
        count(*) as answers,
        sum(points) as points,
        count(points) as rated,
        sum({{ counted('would_recommend') }}) as recommended,
        count(would_recommend) as recommendations
    from {{ ref('int_learning360__feedback') }}
    where is_counted and (slot_id is not null or session_id is not null)
    group by source_relation, slot_id, case when slot_id is null then session_id end
)

select
    slots.source_relation,
    slots.slot_id,
    {{ known('first_regions.region') }} as region,
    coalesce(registered.registered, 0) as registered,
    coalesce(registered.going, 0) as going,
    coalesce(registered.declined, 0) as declined,
    coalesce(registered.attended, 0) as attended,
    coalesce(registered.attendance_recorded, 0) as attendance_recorded,
    case when registered.slot_id is null then 0 else registered.score_sum end as score_sum,
    coalesce(registered.scores, 0) as scores,
    case when {{ is_synced('classroom_slot_waitlist', 'slots.source_relation') }} then coalesce(waiting.waitlisted, 0) end as waitlisted,
    coalesce(sheets.sheets, 0) as sheets,
    coalesce(sheets.signed_sheets, 0) as signed_sheets,
    coalesce(lines.signed_lines, 0) as signed_lines,
    coalesce(lines.signed_present, 0) as signed_present,
    {%- for name in ['answers', 'points', 'rated', 'recommended', 'recommendations'] %}
    case when own.source_relation is null then of_session.{{ name }} else own.{{ name }} end as {{ name }},
    {%- endfor %}
    case
        when own.source_relation is not null then 'slot'
        when of_session.source_relation is not null then 'session'
        when slots.satisfaction_hundredths is not null or slots.recommendation_hundredths is not null then 'field'
    end as satisfaction_source
from {{ ref('int_learning360__slots') }} as slots
left join registered on slots.source_relation = registered.source_relation and slots.slot_id = registered.slot_id
left join first_regions
    on slots.source_relation = first_regions.source_relation and slots.slot_id = first_regions.slot_id and first_regions.place = 1
left join waiting on slots.source_relation = waiting.source_relation and slots.slot_id = waiting.slot_id
left join sheets on slots.source_relation = sheets.source_relation and slots.slot_id = sheets.slot_id
left join lines on slots.source_relation = lines.source_relation and slots.slot_id = lines.slot_id
left join answers as own on slots.source_relation = own.source_relation and slots.slot_id = own.slot_id
left join answers as of_session on slots.source_relation = of_session.source_relation and slots.session_id = of_session.session_id
