{{ stage('attendance_sheets', key=['_id'], columns=[
    ['_id', 'sheet_id', 'id'],
    ['classroomSlotId', 'slot_id', 'id'],
    ['classroomId', 'classroom_id', 'id'],
    ['classroomSlotEndDate', 'classroom_slot_end_at', 'timestamp'],
    ['classroomSlotCreatedAt', 'classroom_slot_created_at', 'timestamp'],
    ['classroomSlotModifiedAt', 'classroom_slot_modified_at', 'timestamp'],
    ['readAt', 'read_at', 'timestamp'],
    ['name', 'name', 'text'],
    ['status', 'status', 'id'],
    ['checkInCode', 'check_in_code', 'text'],
    ['personalizedFields', 'personalized_fields', 'json'],
]) }}
