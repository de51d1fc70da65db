{{ stage('classrooms', key=['_id'], columns=[
    ['_id', 'classroom_id', 'text'],
    ['groupId', 'group_id', 'text'],
    ['createdAt', 'created_at', 'timestamp'],
    ['name', 'name', 'text'],
    ['mediaIds', 'media_ids', 'json'],
    ['message', 'message', 'text'],
    ['modifiedAt', 'modified_at', 'timestamp'],
    ['trainingObjective', 'training_objective', 'text'],
]) }}
