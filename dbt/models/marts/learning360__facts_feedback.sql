{{ mart(key=['answer_id']) }}
select
    answers.source_relation,
    answers.answer_id,
    answers.training_id,
    answers.user_id,
    {{ known('learners.firm') }} as firm,
    {{ known('learners.agency') }} as agency,
    {{ known('learners.region') }} as region,
    answers.slot_id,
    answers.session_id,
    answers.path_id,
    answers.course_id,
    {{ local_date('answers.answered_at') }} as answered_date,
    cast(1 as bigint) as answers,
    {{ ratio('answers.points', 100, 2, 9) }} as score_percent,
    {{ counted('answers.points is not null') }} as scores,
    answers.would_recommend,
    {{ counted('answers.would_recommend') }} as recommended,
    {{ counted('answers.would_recommend is not null') }} as recommendations,
    answers.comment,
    answers.source_file,
    answers.source_line
from {{ ref('int_learning360__feedback') }} as answers
left join {{ ref('int_learning360__learners') }} as learners
    on answers.source_relation = learners.source_relation and answers.user_id = learners.user_id
where answers.is_counted
