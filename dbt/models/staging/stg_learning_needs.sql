{{ stage('learning_needs', key=['_id'], columns=[
    ['_id', 'learning_need_id', 'text'],
    ['groupId', 'group_id', 'text'],
    ['name', 'name', 'text'],
    ['status', 'status', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
    ['authorId', 'author_id', 'text'],
    ['questions', 'questions', 'json'],
    ['suggestedExpertIds', 'suggested_expert_ids', 'json'],
    ['volunteerIds', 'volunteer_ids', 'json'],
]) }}
