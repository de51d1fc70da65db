{{ stage('learning_needs', key=['_id'], columns=[
    ['_id', 'learning_need_id', 'id'],
    ['groupId', 'group_id', 'id'],
    ['name', 'name', 'text'],
    ['status', 'status', 'id'],
    ['createdAt', 'created_at', 'timestamp'],
    ['authorId', 'author_id', 'id'],
    ['questions', 'questions', 'json'],
    ['suggestedExpertIds', 'suggested_expert_ids', 'json'],
    ['volunteerIds', 'volunteer_ids', 'json'],
], used=false) }}
